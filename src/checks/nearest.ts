/** Returns the name that is nearest to a misspelt one, at most two letters off. */
export function nearest(misspelt: string, names: readonly string[]): string | undefined {
  const given = misspelt.toLowerCase();
  const within = (edits: number) =>
    names.find((name) => given.length > edits && isWithin(edits, given, name.toLowerCase()));
  return within(1) ?? within(2);
}

/** Says whether a text becomes another by inserting, leaving out or replacing `edits` letters. */
function isWithin(edits: number, from: string, to: string): boolean {
  if (from === to) return true;
  const [rest, other] = [from.slice(1), to.slice(1)];
  if (from[0] === to[0]) return isWithin(edits, rest, other);
  return (
    edits > 0 &&
    (isWithin(edits - 1, rest, other) ||
      isWithin(edits - 1, rest, to) ||
      isWithin(edits - 1, from, other))
  );
}
