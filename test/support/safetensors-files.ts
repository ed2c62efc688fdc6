// Safetensors files, made by hand.

/** Makes a file of a header and data. A header that is not text is written as JSON. */
export function makeFile(header: unknown, data: ArrayLike<number> = []): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

/** Makes a file of one tensor, x, of little-endian elements. */
export function makeFileOf(dtype: string, elements: ArrayBufferView): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = elements;
  const shape = [(elements as unknown as ArrayLike<number>).length];
  const header = { x: { dtype, shape, data_offsets: [0, byteLength] } };
  return makeFile(header, new Uint8Array(buffer, byteOffset, byteLength));
}

/** Returns what the header of a file says. */
export function headerOf(file: Uint8Array<ArrayBuffer>): Record<string, unknown> {
  const length = new DataView(file.buffer).getUint32(0, true);
  return JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
}
