// Serves a built worker in workerd, requests the line from it, and prints it:
//
//     node print-worker.mjs WRANGLER ENTRY PATH

const [wrangler, entrypoint, path] = process.argv.slice(2);
const { unstable_startWorker } = await import(wrangler);
const worker = await unstable_startWorker({
  name: 'app',
  entrypoint,
  compatibilityDate: '2026-11-01',
  compatibilityFlags: ['nodejs_compat'],
  dev: { server: { port: 0 }, inspector: false, logLevel: 'error' },
});
const response = await worker.fetch(`http://localhost${path}`);
console.log(await response.text());
await worker.dispose();
