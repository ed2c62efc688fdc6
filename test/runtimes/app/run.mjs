// What every program here does, in whichever host it runs.

/**
 * Imports the library, times it until the first result, and has it tested.
 * Resolves to a line of JSON.
 */
export async function run(importLibrary, importReport) {
  const begin = performance.now();
  const { instanceNorm, Tensor } = await importLibrary();
  instanceNorm(new Tensor(new Float32Array(54).fill(1), [2, 3, 3, 3]));
  // workerd's clock goes on only when something is awaited.
  if (performance.now() === begin) await new Promise((resolve) => setTimeout(resolve));
  const firstResult = performance.now() - begin;
  const { report } = await importReport();
  return JSON.stringify({ firstResult, ...(await report()) });
}
