import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Network, readNetwork } from '../../paint/network/network.ts';

const NAME = 'paint/style-network.safetensors';

let loading: Promise<Network> | undefined;

/** Loads the network that the package ships. */
export function loadNetwork(): Promise<Network> {
  loading ??= readNetworkFile().then(readNetwork);
  return loading;
}

/** Reads the network's file, which lies beside the bundle's folder or the sources'. */
export function readNetworkFile(): Promise<Buffer> {
  const places = [`../${NAME}`, `../../${NAME}`].map((path) => new URL(path, import.meta.url));
  return readFile(places.find((place) => existsSync(place)) ?? NAME);
}
