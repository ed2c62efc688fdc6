// Facts in a page stand between comments that do not show:
//
//     The module has <!-- fact: module -->16.6 KB<!-- /fact -->.

/** Texts by their names. */
export type Facts = Readonly<Record<string, string>>;

const COMMENT = /<!-- (?:fact: [^>]*|\/fact) -->/g;
const MARKED = /(?<=<!-- fact: ([\w-]+) -->)(.*?)(?=<!-- \/fact -->)/gs;

function refuseBrokenMarks(page: string): void {
  const comments = page.match(COMMENT) ?? [];
  const pairs = page.match(MARKED) ?? [];
  if (comments.length !== 2 * pairs.length) {
    throw new Error(`expected each fact to begin and to end, got ${comments.join(' ')}`);
  }
}

function factOf(name: string, facts: Facts): string {
  const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (fact === undefined) {
    throw new RangeError(`expected a fact among ${Object.keys(facts).join(', ')}, got ${name}`);
  }
  return fact;
}

/** Writes each fact between its comments. */
export function fillFacts(page: string, facts: Facts): string {
  refuseBrokenMarks(page);
  return page.replace(MARKED, (_, name) => factOf(name, facts));
}

/** Names each fact of which a page says something else, with the first line that differs. */
export function staleFacts(page: string, facts: Facts): readonly string[] {
  refuseBrokenMarks(page);
  return Array.from(page.matchAll(MARKED), ([said, name = '']) => {
    const fact = factOf(name, facts);
    return fact === said ? [] : [`${name} is ${difference(fact, said)}`];
  }).flat();
}

function difference(fact: string, said: string): string {
  const [right, wrong] = [fact.split('\n'), said.split('\n')];
  const longer = right.length > wrong.length ? right : wrong;
  const at = longer.findIndex((_, i) => right[i] !== wrong[i]);
  return `"${right[at] ?? ''}", not "${wrong[at] ?? ''}"`;
}
