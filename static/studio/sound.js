// The instrument in the browser: a sampled piano (one sprite) with an additive tone as understudy, offline; for tunes
// the instruments of a session, a sprite each, fetched when they are chosen. Till then the piano plays.
// Times are seconds of the audio clock, pitches MIDI numbers. One context for the whole page, made ready before the
// first press: the sprite is decoded without a gesture, only the output has to wait for one.

const version = new URL(import.meta.url).search;
const PIANO = 0; // programs of General MIDI, counted from 0
const PREVIEW_SECONDS = 1.6;
const RELEASE_SECONDS = 0.18;

let context = null;
let master = null;
let meter = null;
const sprites = new Map(); // by program: what is decoded, null where it cannot be
let sounding = [];
let timer = null;
let player = null;

const stats = { pressedAt: 0, startedAt: 0, outputLatency: 0, presses: 0, understudy: false, program: 0 };

export const ready = load(PIANO);
ready.then(prepare);

// Makes an instrument ready. Tells whether it is.
export async function load(program) {
  if (sprites.has(program)) return Boolean(await sprites.get(program));
  sprites.set(program, fetched(program === PIANO ? "piano" : program).catch((error) => {
    console.warn("The samples of an instrument could not be read; the piano or a plain tone plays instead.", error);
    return null;
  }));
  const sprite = await sprites.get(program);
  sprites.set(program, sprite);
  if (program === PIANO) stats.understudy = !sprite;
  return Boolean(sprite);
}

export const loaded = (program) => Boolean(sprites.get(program)?.buffer);

async function fetched(name) {
  const address = new URL(`../sounds/${name}.json${version}`, import.meta.url);
  const manifest = await (await fetch(address)).json();
  const bytes = await (await fetch(new URL(`${name}.mp3${version}`, address))).arrayBuffer();
  const decoder = new OfflineAudioContext(1, 1, manifest.sampleRate);
  const buffer = await decoder.decodeAudioData(bytes);
  const delay = onset(buffer, manifest.onsetLevel) - manifest.firstOnset; // decoders differ in the silence they add
  return { buffer, notes: manifest.notes.map((note) => ({ ...note, start: note.start + delay })) };
}

function decoded(program) {
  return [program, PIANO].filter(loaded).map((one) => sprites.get(one))[0];
}

function onset(buffer, level) {
  const samples = buffer.getChannelData(0);
  return Math.max(0, samples.findIndex((sample) => Math.abs(sample) > level)) / buffer.sampleRate;
}

// The way out: gain, limiter, meter. Built before the first press, because building takes longer than playing.
function prepare() {
  context = new AudioContext({ latencyHint: "interactive" });
  master = context.createGain();
  const limiter = new DynamicsCompressorNode(context, { threshold: -8, ratio: 12, attack: 0.002, release: 0.12 });
  meter = context.createAnalyser();
  meter.fftSize = 2048;
  master.connect(limiter).connect(meter).connect(context.destination);
}

// Browsers let sound begin only inside a gesture, so every press passes here first.
function wake() {
  if (!context) prepare();
  if (context.state !== "running") context.resume();
  return context;
}

// One chord, now. What sounded before stops first.
export function preview(pitches, program = PIANO) {
  stats.pressedAt = performance.now();
  const clock = wake();
  stop();
  pitches.forEach((pitch) => strike(pitch, clock.currentTime, PREVIEW_SECONDS, 1, program));
  stats.presses += 1;
  stats.startedAt = performance.now();
  stats.outputLatency = (clock.outputLatency || clock.baseLatency || 0) * 1000;
}

function strike(pitch, at, seconds, gain = 1, program = PIANO) {
  const sprite = decoded(program);
  const voice = sprite ? sampled(sprite, pitch, at, seconds) : toned(pitch, at, seconds);
  stats.program = loaded(program) ? program : PIANO;
  const envelope = context.createGain();
  const end = at + seconds;
  envelope.gain.setValueAtTime(gain, at);
  envelope.gain.setValueAtTime(gain, Math.max(at, end - RELEASE_SECONDS));
  envelope.gain.linearRampToValueAtTime(0, end);
  voice.connect(envelope).connect(master);
  const entry = { voice, envelope };
  sounding.push(entry);
  voice.onended = () => { sounding = sounding.filter((other) => other !== entry); envelope.disconnect(); };
}

function sampled(sprite, pitch, at, seconds) {
  const near = sprite.notes.reduce((a, b) => (Math.abs(b.pitch - pitch) < Math.abs(a.pitch - pitch) ? b : a));
  const source = context.createBufferSource();
  source.buffer = sprite.buffer;
  source.playbackRate.value = 2 ** ((pitch - near.pitch) / 12);
  source.start(at, near.start, Math.min(near.duration, seconds * source.playbackRate.value));
  return source;
}

function toned(pitch, at, seconds) {
  const tone = context.createOscillator();
  const partials = new Float32Array([0, 0.16, 0.06, 0.03, 0.015, 0.008]);
  tone.setPeriodicWave(context.createPeriodicWave(new Float32Array(partials.length), partials, { disableNormalization: true }));
  tone.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
  tone.start(at);
  tone.stop(at + seconds);
  return tone;
}

// Everything fades out within a few milliseconds: no click, no overlap.
export function stop() {
  if (player) player.finish();
  if (!context) return;
  const now = context.currentTime;
  sounding.forEach(({ voice, envelope }) => {
    envelope.gain.cancelScheduledValues(now);
    envelope.gain.setTargetAtTime(0, now, 0.012);
    voice.stop(now + 0.08);
  });
  sounding = [];
}

// Plays slots [{pitches, beats}] from one of them to the last, or to `end`; tells which one sounds and when it is over.
// Again and again it plays all, or those from `again` on.
export function play(slots, { tempo, loop, from = 0, end = slots.length, again = 0, onSlot, onEnd }) {
  const clock = wake();
  stop();
  const beat = 60 / tempo;
  let index = from;
  let next = clock.currentTime + 0.06;
  const starts = [];
  const finish = () => { clearInterval(timer); player = null; onEnd(); };
  const ahead = () => {
    while (index < end && next < clock.currentTime + 0.3) {
      const seconds = slots[index].beats * beat;
      slots[index].pitches.forEach((pitch) => strike(pitch, next, seconds * 0.98, 0.9));
      starts.push({ index, at: next });
      next += seconds;
      index += 1;
      if (index === end && loop()) index = again;
    }
    while (starts.length && starts[0].at <= clock.currentTime) onSlot(starts.shift().index);
    if (index >= end && clock.currentTime >= next) finish();
  };
  player = { finish };
  timer = setInterval(ahead, 25);
  ahead();
}

const MELODY_GAIN = 1.8; // a lone note is as loud as a chord of four at gain 0.9

// Plays notes [{pitch, onset, duration}], in beats and in any order, from a beat on, at a tempo in beats a minute, which
// may be a number or asked for anew before every note. `onNote` gets the number of the note that begins to sound.
// `loop` is asked at the end, `end` is the beat where it lies (a last rest counts). A note's `gain` is its loudness beside
// others (1 unless it says so), its `program` what plays it (the piano unless it says so).
export function playNotes(notes, { tempo, from = 0, onNote = () => {}, onEnd = () => {}, loop = () => false, end = 0 }) {
  const clock = wake();
  stop();
  const order = notes.map((note, index) => ({ gain: 1, ...note, index })).sort((a, b) => a.onset - b.onset);
  const together = new Map(); // notes of one loudness that begin at once, like those of a chord, share it
  const kind = ({ onset, gain }) => `${onset} ${gain}`;
  order.forEach((note) => together.set(kind(note), (together.get(kind(note)) || 0) + 1));
  const last = order.reduce((beat, note) => Math.max(beat, note.onset + note.duration), end);
  const seconds = (beats) => beats * 60 / (typeof tempo === "function" ? tempo() : tempo);
  const first = (beat) => { const found = order.findIndex((note) => note.onset >= beat - 1e-6); return found < 0 ? order.length : found; };
  let place = first(from);
  let beat = from;
  let at = clock.currentTime + 0.06; // the moment of `beat`
  const starts = [];
  const finish = () => { clearInterval(timer); player = null; onEnd(); };
  const reach = (next) => { at += seconds(next - beat); beat = next; };
  const ahead = () => {
    while (last > 0 && beat < last && at + seconds(nextBeat() - beat) < clock.currentTime + 0.3) {
      reach(nextBeat());
      for (; place < order.length && order[place].onset <= beat + 1e-6; place += 1) {
        const { pitch, duration, gain, index, program } = order[place];
        strike(pitch, at, Math.max(seconds(duration) * 0.98, 0.05), gain * MELODY_GAIN / Math.sqrt(together.get(kind(order[place]))), program);
        starts.push({ index, at });
      }
      if (beat >= last && loop()) { beat = 0; place = first(0); }
    }
    while (starts.length && starts[0].at <= clock.currentTime) onNote(starts.shift().index);
    if (beat >= last && clock.currentTime >= at) finish();
  };
  const nextBeat = () => (place < order.length ? Math.max(beat, order[place].onset) : last);
  player = { finish };
  timer = setInterval(ahead, 25);
  ahead();
}

export const isPlaying = () => player !== null;

// For measuring: how long a press took to schedule its sound, and how loud the output is right now (RMS, 0 to 1).
export function measure() {
  if (!meter) return { ...stats, level: 0 };
  const samples = new Float32Array(meter.fftSize);
  meter.getFloatTimeDomainData(samples);
  return { ...stats, level: Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length) };
}
