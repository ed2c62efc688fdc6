import { restyle } from 'wasm-norm';
import { readPicture, writePicture } from '../common/files.ts';
import { Refusal } from '../common/refusal.ts';
import { Stopwatch } from '../common/stopwatch.ts';
import { type Command, parseArguments, type Restyling, USAGE } from './arguments.ts';
import { restyleGallery } from './gallery.ts';
import { CLAMPING_NOTE, statisticsTable } from './report.ts';

try {
  await run(parseArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message.replaceAll(/\s+/g, ' '));
  process.exitCode = 1;
}

async function run(command: Command): Promise<void> {
  switch (command.name) {
    case 'help':
      return console.log(USAGE);
    case 'gallery':
      return restyleGallery();
    case 'restyle':
      return restyleFile(command.restyling);
  }
}

async function restyleFile({ content, style, out, strength, space }: Restyling): Promise<void> {
  const stopwatch = new Stopwatch();
  const picture = await readPicture(content, stopwatch);
  const model = await readPicture(style, stopwatch);
  const result = stopwatch.time('library', () => restyle(picture, model, { strength, space }));
  await writePicture(out, result, stopwatch);
  console.log(statisticsTable({ content: picture, style: model, result }));
  console.log(CLAMPING_NOTE);
  if (space === 'oklab') {
    console.log('Oklab matches lightness and two channels of colour; red, green and blue follow.');
  }
  console.log(`Time: ${stopwatch}`);
}
