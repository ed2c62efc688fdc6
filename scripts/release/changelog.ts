/** Returns the text below a second heading such as `## [0.1.0] - 2026-12-01`, or undefined. */
export function sectionOf(changelog: string, name: string): string | undefined {
  const sections = changelog.split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${name}]`));
  return section?.slice(section.indexOf('\n')).trim();
}
