// What every program here does, in any host.

/**
 * Imports the library, measures the time to the first result, and tests the library.
 * Resolves to a line of JSON.
 */
export async function run(importLibrary, importReport) {
  const begin = performance.now();
  const { instanceNorm, Tensor } = await importLibrary();
  instanceNorm(new Tensor(new Float32Array(54).fill(1), [2, 3, 3, 3]));
  // The clock of workerd advances only while something is awaited.
  if (performance.now() === begin) await new Promise((resolve) => setTimeout(resolve));
  const firstResult = performance.now() - begin;
  const { report } = await importReport();
  return JSON.stringify({ firstResult, ...(await report()) });
}
