import { basename } from 'node:path';

/** The repository's address, such as https://github.com/OWNER/NAME. Nothing is published without. */
export const ADDRESS = '';

export interface AddressFields {
  readonly repository: { readonly type: 'git'; readonly url: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
}

/** Returns the path under which static pages of a repository are served. */
export function siteBase(address: string): string {
  return address === '' ? '/' : `/${basename(address)}/`;
}

/** Returns what a package.json says of the address: nothing where there is none. */
export function addressFields(address: string): AddressFields | Record<string, never> {
  if (address === '') return {};
  return {
    repository: { type: 'git', url: `git+${address}.git` },
    homepage: `${address}#readme`,
    bugs: { url: `${address}/issues` },
  };
}
