import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Network, readNetwork } from '../../paint/network/network.ts';

const NAME = 'paint/style-network.safetensors';

let loading: Promise<Network> | undefined;

/** Loads the network that the package ships, from the bundle or from the sources. */
export function loadNetwork(): Promise<Network> {
  const places = [`../${NAME}`, `../../${NAME}`].map((path) => new URL(path, import.meta.url));
  loading ??= readFile(places.find((place) => existsSync(place)) ?? NAME).then(readNetwork);
  return loading;
}
