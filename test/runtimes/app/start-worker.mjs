new Worker('web-worker.js').addEventListener('message', ({ data }) => console.log(data));
