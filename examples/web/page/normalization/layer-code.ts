// The code for what is on screen: it prints the chosen value after the layer, and the mean that it
// was freed of where there is one.

import type { Analysis } from './analysis.ts';
import { axesOf, indexOf, type Place, shapeOf } from './batch.ts';
import { namePlace } from './names.ts';

/** Spells the code of a layer with the values of the batch. */
export function spellLayer(
  { norm, code, before, after, setOf, sets }: Analysis,
  chosen: Place,
): string {
  const at = indexOf(chosen, norm.layout);
  const set = setOf[at] as number;
  const number = (value: number | undefined) => (value ?? 0).toFixed(3);
  const axes = axesOf(norm.layout).join(', ').toUpperCase();
  const values = Array.from(before, (value) => Number(value.toFixed(3))).join(', ');
  const name = code.slice('new '.length, code.indexOf('('));
  const hasMean = norm.kind !== 'rms';
  const mean = hasMean ? `, { outMean: means }` : '';
  const lines = [
    `import { ${name} } from 'wasm-norm';`,
    '',
    `const data = Float32Array.of(${values});`,
    `const x = { data, shape: [${shapeOf(norm.layout).join(', ')}] }; // ${axes}`,
    ...(hasMean ? [`const means = new Float32Array(${sets.length});`] : []),
    `const y = ${code}.forward(x${mean});`,
    '',
    `// ${namePlace(chosen)}`,
    `console.log(x.data[${at}].toFixed(3)); // ${number(before[at])}`,
    ...(hasMean
      ? [`console.log(means[${set}].toFixed(3)); // ${number(sets[set]?.before.mean)}`]
      : []),
    `console.log(y.data[${at}].toFixed(3)); // ${number(after[at])}`,
  ];
  return `${lines.join('\n')}\n`;
}
