import { isLoopback } from './loopback.ts';
import { startNormalization } from './normalization/section.ts';
import { startRestyling } from './restyle/section.ts';

startRestyling();
startNormalization();
await keepOffline();

/** Keeps the page for use without a network; on this machine no more than it is kept already. */
async function keepOffline(): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  if (!isLoopback(location.hostname)) await serviceWorker.register('service-worker.js');
  else await (await serviceWorker.getRegistration())?.unregister();
}
