import { restyle } from 'wasm-norm';
import { isLoopback } from './loopback.ts';
import { NormalizationSection } from './normalization/section.ts';
import type { Scene } from './restyle/scene.ts';
import { startRestyling } from './restyle/section.ts';
import { CodeBlock } from './shared/code-block.ts';
import { byId } from './shared/element.ts';
import { Story } from './story/section.ts';

const USE = `
import { instanceNorm } from 'wasm-norm';

const x = { data: Float32Array.of(1, 2, 3, 4), shape: [1, 1, 2, 2] };
console.log(instanceNorm(x).data); // -1.34 -0.45 0.45 1.34
`;

// First, since its workers start meanwhile.
const restyling = startRestyling({
  onScene: (scene) => story.show(scene),
  onResult: (scene, result) => {
    story.finish(scene, result);
    normalization.show([scene.content.small, scene.style.small, restyleSmall(scene)]);
  },
});
const story = new Story();
const normalization = new NormalizationSection();
const install = byId('install-code', HTMLElement);
new CodeBlock(install, 'way to install it').show(`${install.dataset.install}\n${USE}`);

await restyling;
await keepOffline();

/** Restyles the small copy of the photograph as the whole is restyled. */
function restyleSmall({ content, style, settings: { space, strength } }: Scene): ImageData {
  const contentMoments = content.moments[space];
  const { data, width, height } = restyle(content.small, style.moments[space], {
    strength,
    contentMoments,
  });
  return new ImageData(new Uint8ClampedArray(data), width, height);
}

/** Keeps the page for use without a network; on this machine no more than it is kept already. */
async function keepOffline(): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  if (!isLoopback(location.hostname)) await serviceWorker.register('service-worker.js');
  else await (await serviceWorker.getRegistration())?.unregister();
}
