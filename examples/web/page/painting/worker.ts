import { expose } from 'comlink';
import { Painter } from './painter.ts';

expose(new Painter());
