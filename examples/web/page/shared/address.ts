// The address holds what is on screen, so that a reload and a link show the same.

/** Returns what the address says of something; null where it says nothing. */
export function readAddress(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}

/** Writes values into the address; those of null are left out of it. */
export function writeAddress(values: Readonly<Record<string, string | null>>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  if (url.href !== location.href) history.replaceState(null, '', url);
}
