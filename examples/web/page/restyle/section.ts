import { type Remote, wrap } from 'comlink';
import { ImageMoments } from 'wasm-norm';
import { Refusal } from '../../refusal.ts';
import type { Painting } from '../painting/section.ts';
import { listenForPictures } from '../pictures/arrivals.ts';
import { Chooser, drawThumbnail } from '../pictures/chooser.ts';
import { OwnPictures } from '../pictures/own-pictures.ts';
import { offerPairs } from '../pictures/pairs.ts';
import { fetchPhoto, isPhoto, PAIRS, type Role } from '../pictures/photos.ts';
import { checkPicture, type PictureFile, refusePicture } from '../pictures/picture-file.ts';
import { readAddress, writeAddress } from '../shared/address.ts';
import { byId } from '../shared/element.ts';
import { Latest } from '../shared/latest.ts';
import { spellPixels, spellSeconds } from '../shared/spell.ts';
import { Comparison, type Wanted } from '../stage/comparison.ts';
import { Message } from '../stage/message.ts';
import { type Size, WHOLE } from '../stage/view.ts';
import { Actions } from './actions.ts';
import { SPACES, type Space } from './channels.ts';
import { Controls } from './controls.ts';
import { nameResult } from './saving.ts';
import type { Audience, Placed } from './scene.ts';
import type { Opened, Restyled, Settings, Studio } from './studio.ts';

const ROLES = ['content', 'style'] as const;
const [FIRST] = PAIRS;

/** What the address calls the roles. */
const NAMES: Readonly<Record<Role, string>> = { content: 'photograph', style: 'colours' };

// Milliseconds without a change after which the full picture is restyled: a few frames. Previews
// don't wait for it.
const REST = 50;

/** What was asked of the studios: `change` counts the pictures, settings and views. */
interface Request {
  readonly settings: Settings;
  readonly wanted: Wanted;
  readonly change: number;
}

/** Runs the first section of the page, and tells the others of what it shows. */
export async function startRestyling(audience: Audience): Promise<void> {
  const section = new RestyleSection(audience);
  await section.start();
}

class RestyleSection {
  readonly #audience: Audience;
  readonly #own = OwnPictures.open();
  // Two workers, so that a preview never waits for a full picture.
  readonly #preview = this.#hire();
  readonly #full = this.#hire();
  readonly #message = new Message();
  readonly #choosers: Readonly<Record<Role, Chooser>>;
  readonly #controls = new Controls(() => this.#change());
  readonly #comparison = new Comparison(() => this.#changeView());
  readonly #actions: Actions;
  readonly #previews = new Latest<Request>((request) => this.#restylePreview(request));
  readonly #fulls = new Latest<Request>((request) => this.#restyleFull(request));
  readonly #placed: Partial<Record<Role, Placed>> = {};
  /** Loaded when it is chosen. */
  #painting: Promise<Painting> | null = null;
  #size: Size = { width: 0, height: 0 };
  /** While pictures are being placed, nothing is restyled. */
  #placing = 0;
  #changes = 0;
  // Previews of changes before this one come too late.
  #earliest = 0;
  /** What is shown of the content, and held by the preview's studio. */
  #held: Wanted = { region: WHOLE, pixels: 0 };
  #rest = 0;

  constructor(audience: Audience) {
    this.#audience = audience;
    const tell = (sentence: string) => this.#message.tell(sentence);
    this.#choosers = { content: this.#makeChooser('content'), style: this.#makeChooser('style') };
    this.#actions = new Actions((format) => this.#write(format), tell);
    listenForPictures((role, picture) => void this.#place({ [role]: picture }));
    offerPairs(({ content, style }) => {
      void this.#place({ content: fetchPhoto(content), style: fetchPhoto(style) });
    });
    byId('swap', HTMLButtonElement).addEventListener('click', () => this.#swap());
    byId('forget', HTMLButtonElement).addEventListener('click', () => void this.#forget());
    void this.#offerOwn();
  }

  async start(): Promise<void> {
    await this.#place({ content: this.#first('content'), style: this.#first('style') });
    const missing = ROLES.filter((role) => !this.#placed[role]);
    if (missing.length > 0) {
      await this.#place(Object.fromEntries(missing.map((role) => [role, fetchPhoto(FIRST[role])])));
    }
    this.#actions.enable();
  }

  /** Returns the picture that the address names, or the first. */
  async #first(role: Role): Promise<PictureFile> {
    const key = readAddress(NAMES[role]) ?? FIRST[role];
    if (isPhoto(key)) return fetchPhoto(key);
    return (await this.#own).find(key) ?? fetchPhoto(FIRST[role]);
  }

  #hire(): Remote<Studio> {
    const worker = new Worker('worker.js', { type: 'module' });
    worker.addEventListener('error', () => {
      this.#message.tell('The restyling has stopped. Please reload the page.');
    });
    return wrap<Studio>(worker);
  }

  #makeChooser(role: Role): Chooser {
    return new Chooser(byId(role, HTMLFieldSetElement), role, {
      onChoose: (key) => void this.#place({ [role]: this.#fetch(key) }),
      onPick: (picture) => void this.#place({ [role]: picture }),
    });
  }

  /** Fetches a picture that is offered. */
  async #fetch(key: string): Promise<PictureFile> {
    if (isPhoto(key)) return fetchPhoto(key);
    const own = (await this.#own).find(key);
    if (!own) throw new Refusal('This picture is no longer kept. Please add it again.');
    return own;
  }

  /** Puts pictures in their roles, or tells why not and leaves those as they were. */
  async #place(coming: Partial<Record<Role, PictureFile | Promise<PictureFile>>>): Promise<void> {
    this.#message.dismiss();
    this.#comparison.busy++;
    this.#placing++;
    try {
      for (const role of ROLES) {
        const file = coming[role];
        if (file) await this.#open(role, await file);
      }
    } catch (error) {
      for (const role of ROLES) this.#choosers[role].revert();
      this.#message.tell(error instanceof Refusal ? error.message : `That did not work: ${error}`);
    } finally {
      this.#placing--;
      this.#comparison.busy--;
    }
    this.#earliest = this.#changes + 1;
    this.#change();
  }

  async #open(role: Role, file: PictureFile): Promise<void> {
    await checkPicture(file);
    const opened = await this.#full.open(role, file.blob, this.#comparison.pixels).catch(() => {
      throw refusePicture(file.name, "is damaged, or of a kind that this browser can't open");
    });
    if (!opened) return; // another came in its place
    const { bitmap } = opened;
    await this.#preview.place(role, bitmap, opened.moments);
    const kept = await this.#keep(file, bitmap);
    this.#placed[role] = placeOf(kept, opened);
    this.#choosers[role].select(kept.key ?? '');
    if (role === 'style') return bitmap.close();
    await this.#comparison.open(bitmap, opened);
    this.#size = { width: opened.width, height: opened.height };
    this.#held = this.#comparison.wanted;
    byId('size', HTMLElement).textContent = `${opened.width} × ${opened.height}`;
  }

  /** Keeps a picture of the user's for a reload, and for both roles. */
  async #keep(file: PictureFile, bitmap: ImageBitmap): Promise<PictureFile> {
    if (file.key) return file;
    const own = await this.#own;
    const key = await own.add(file.name, file.blob, await drawThumbnail(bitmap));
    await this.#offerOwn();
    return { ...file, key };
  }

  async #offerOwn(): Promise<void> {
    const { all } = await this.#own;
    for (const role of ROLES) this.#choosers[role].offer(all);
    byId('forget', HTMLButtonElement).classList.toggle('needless', all.length === 0);
  }

  #swap(): void {
    const { content, style } = this.#placed;
    if (content && style) void this.#place({ content: style.file, style: content.file });
  }

  /** Forgets the user's pictures; those in use make place for the first ones. */
  async #forget(): Promise<void> {
    const isOwn = (role: Role) => !isPhoto(this.#placed[role]?.file.key ?? '');
    const left = ROLES.filter(isOwn).map((role) => [role, fetchPhoto(FIRST[role])]);
    await (await this.#own).clear();
    await this.#offerOwn();
    await this.#place(Object.fromEntries(left));
  }

  /** Restyles a preview at once, and the full picture when the changes come to rest. */
  #change(): void {
    const { content, style } = this.#placed;
    if (!content || !style || this.#placing > 0) return;
    const request = this.#schedule();
    byId('restyle', HTMLElement).classList.toggle('painted', this.#controls.isPainted);
    this.#audience.onScene({ content, style, settings: request.settings });
    if (this.#controls.isPainted) void this.#paint(content, request.settings);
    else this.#match(request);
  }

  /** Matches the channels, and ends what is being painted. */
  #match(request: Request): void {
    if (this.#earliest === Number.POSITIVE_INFINITY) this.#earliest = request.change;
    void this.#painting?.then((painting) => painting.stop());
    this.#previews.ask(request);
  }

  async #paint({ file }: Placed, { strength }: Settings): Promise<void> {
    this.#earliest = Number.POSITIVE_INFINITY; // what is being restyled comes too late
    try {
      this.#painting ??= this.#loadPainting();
      await (await this.#painting).paint({ file, ...this.#size }, strength);
    } catch (error) {
      this.#painting = null; // to be tried again
      this.#message.tell(`The photograph could not be painted: ${error}`);
    }
  }

  async #loadPainting(): Promise<Painting> {
    const { Painting } = await import('../painting/section.ts');
    return new Painting(byId('painting', HTMLElement), {
      show: (bitmap, text) => {
        if (!this.#controls.isPainted) return bitmap.close();
        this.#comparison.showAfter(bitmap, WHOLE);
        byId('time', HTMLElement).textContent = text;
        byId('status', HTMLElement).textContent = text.startsWith('Painted') ? `${text}.` : '';
      },
      tell: (sentence) => this.#message.tell(sentence),
      onMixture: (styles) => writeAddress({ styles }),
    });
  }

  /** Draws what is in view when the view comes to rest; until then what was drawn moves. */
  #changeView(): void {
    if (this.#placed.style && this.#placing === 0) this.#schedule();
  }

  /** Has the full picture restyled when nothing has changed for a while. */
  #schedule(): Request {
    const { settings } = this.#controls;
    const request = { settings, wanted: this.#comparison.wanted, change: ++this.#changes };
    clearTimeout(this.#rest);
    this.#comparison.isChanging = true;
    this.#rest = window.setTimeout(() => {
      if (!this.#controls.isPainted) this.#fulls.ask(request);
      else if (!isSame(request.wanted, this.#held)) void this.#hold(request.wanted);
      this.#comparison.isChanging = false;
      this.#writeAddress();
    }, REST);
    return request;
  }

  async #restylePreview({ settings, change }: Request): Promise<void> {
    try {
      const view = await this.#preview.restyle(settings, WHOLE, Number.POSITIVE_INFINITY);
      if (change < this.#earliest) return view.bitmap.close();
      this.#comparison.showAfter(view.bitmap, this.#held.region);
      byId('time', HTMLElement).textContent = `Preview of ${describe(view)}`;
    } catch (error) {
      this.#message.tell(`The preview could not be restyled: ${error}`);
    }
  }

  async #restyleFull({ settings, wanted, change }: Request): Promise<void> {
    const { region, pixels } = wanted;
    this.#comparison.busy++;
    try {
      const view = await this.#full.restyle(settings, region, pixels);
      if (change !== this.#changes) return view.bitmap.close();
      this.#earliest = change + 1;
      if (!isSame(wanted, this.#held)) await this.#hold(wanted);
      if (change !== this.#changes) return view.bitmap.close();
      this.#comparison.showAfter(view.bitmap, region);
      const text = `Restyled ${describe(view)}`;
      byId('time', HTMLElement).textContent = text;
      byId('status', HTMLElement).textContent = `${text}.`;
      const moments = ImageMoments.fromJSON(await this.#full.moments(settings));
      if (change !== this.#changes) return;
      const { content, style } = this.#placed;
      if (content && style) this.#audience.onResult({ content, style, settings }, moments);
    } catch (error) {
      this.#message.tell(`The full picture could not be restyled: ${error}`);
    } finally {
      this.#comparison.busy--;
    }
  }

  /** Shows a part of the photograph, and has previews made of it. */
  async #hold(wanted: Wanted): Promise<void> {
    const { region, pixels } = wanted;
    const bitmap = await this.#full.look(region, pixels);
    const moments = SPACES.map((space) => this.#placed.content?.moments[space].toJSON());
    await this.#preview.place(
      'content',
      bitmap,
      moments.filter((one) => one !== undefined),
    );
    this.#held = wanted;
    this.#comparison.showBefore(bitmap, region);
  }

  async #write(format: Parameters<Studio['write']>[1]): Promise<File> {
    const { content, style } = this.#placed as Record<Role, Placed>;
    if (this.#controls.isPainted) {
      const painted = await (await this.#painting)?.write(format);
      if (!painted) throw new Refusal('The painting was cancelled before it was done.');
      return new File([painted], nameResult(content.file.name, 'painting', format), {
        type: format,
      });
    }
    const blob = await this.#full.write(this.#controls.settings, format);
    const name = nameResult(content.file.name, style.file.name, format);
    return new File([blob], name, { type: format });
  }

  #writeAddress(): void {
    const keys = ROLES.map((role) => {
      const key = this.#placed[role]?.file.key ?? null;
      return [NAMES[role], key === FIRST[role] ? null : key];
    });
    writeAddress({ ...Object.fromEntries(keys), ...this.#controls.address });
  }
}

function isSame(one: Wanted, other: Wanted): boolean {
  const { x, y, width, height } = one.region;
  const { region, pixels } = other;
  const isSameRegion = [
    region.x === x,
    region.y === y,
    region.width === width,
    region.height === height,
  ];
  return one.pixels === pixels && isSameRegion.every(Boolean);
}

function placeOf(file: PictureFile, { small, histograms, moments }: Opened): Placed {
  const all = moments.map((json) => [json.space, ImageMoments.fromJSON(json)]);
  return {
    file,
    small,
    histograms,
    moments: Object.fromEntries(all) as Record<Space, ImageMoments>,
  };
}

/** Says what was restyled how fast: 12.0 MP in 0.08 s on 2 threads. */
function describe({ width, height, milliseconds, threads }: Restyled): string {
  const how = threads === 1 ? '' : ` on ${threads} threads`;
  return `${spellPixels(width * height)} in ${spellSeconds(milliseconds)}${how}`;
}
