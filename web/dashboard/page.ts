import { ActPanel } from './act.ts';
import { ActorTable } from './actor_table.ts';
import { AlertsPanel } from './alerts.ts';
import { CachesPanel } from './caches.ts';
import { Charts } from './charts.ts';
import { Connection } from './connection.ts';
import { BreakerPanel, PoolPanel } from './database.ts';
import { byId, setAttribute, setText } from './dom.ts';
import { FlowStrip } from './flow_strip.ts';
import { clock, span, words } from './format.ts';
import { HistoryFeed } from './history_feed.ts';
import { NodeClient, Refused } from './node_client.ts';
import { SecurityPanel } from './security.ts';
import { describeState } from './state.ts';
import { StatePlate } from './state_plate.ts';
import type { Stats } from './stats.ts';
import { Tiles } from './tiles.ts';
import { Timeline } from './timeline.ts';
import { parseState, queryOf, type UrlState } from './url_state.ts';
import { JobsPanel, ProcessPanel, RoutesPanel } from './work.ts';

const interval = 1_000; // ms: the node takes its figures every second
const hiddenInterval = 10_000; // ms: nobody looks

const client = new NodeClient();
const connection = new Connection();
let state = parseState(location.search);
let newest: Stats | undefined; // what the node said last
let shown: Stats | undefined; // what the page shows: the same unless it is paused
let why = '';
let nextTry: number | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let asking = false;

const lastMinutes = new HistoryFeed(client, '10m'); // of the tiles
let charted = feedOf();

const plate = new StatePlate(() => void ask());
const tiles = new Tiles();
const flow = new FlowStrip();
const charts = new Charts((range) => change({ range }));
const table = new ActorTable((part) => change(part));
const act = new ActPanel(client, nodeTime, () => void ask());
const panels = [
  new BreakerPanel(), new PoolPanel(), new CachesPanel(), new JobsPanel(), new ProcessPanel(), new RoutesPanel(), new AlertsPanel(),
  new SecurityPanel(), new Timeline(),
];

function feedOf(): HistoryFeed {
  return state.range === '10m' ? lastMinutes : new HistoryFeed(client, state.range);
}

// Ms since 1970 by the node's clock; the browser's may be wrong.
function nodeTime(): number {
  return newest ? Date.parse(newest.sampled_at) + performance.now() - connection.newAt! : Date.now();
}

async function ask(): Promise<void> {
  if (asking)
    return;
  asking = true;
  clearTimeout(timer);
  nextTry = undefined;
  try {
    const { body, date } = await client.get<Stats>('/stats');
    if (newest?.node.started_at !== body.node.started_at)
      onStart();
    newest = body;
    connection.answered(body, date, performance.now());
    showNewest();
    void updateHistory();
  } catch (fault) {
    connection.failed();
    onFailure(fault);
  }
  asking = false;
  timer = setTimeout(() => void ask(), delay());
  tick();
}

function delay(): number {
  if (connection.link !== 'lost')
    return document.hidden ? hiddenInterval : interval;
  const wait = connection.retryDelay();
  nextTry = performance.now() + wait;
  return wait;
}

function onFailure(fault: unknown): void {
  if (fault instanceof Refused && fault.status === 401) {
    if (client.readsWithKey && client.key !== undefined)
      act.dropKey();
    client.readsWithKey = client.key !== undefined;
    why = 'Reading from this machine needs a key with the scope operate: enter it under Act.';
  } else {
    why = fault instanceof Error && /^The node/.test(fault.message) ? fault.message
      : fault instanceof Refused ? `The node refused: ${fault.message}` : 'The node cannot be reached.';
  }
}

// The node, or this page, has begun anew.
function onStart(): void {
  lastMinutes.reset();
  charted.reset();
  void act.refresh();
}

// While it is paused only what is not there yet is asked for.
async function updateHistory(): Promise<void> {
  const feeds = [...new Set([lastMinutes, charted])].filter(({ history: { last } }) => !state.paused || last === undefined);
  const news = await Promise.all(feeds.map((feed) => feed.update(performance.now())));
  if (news.includes(true))
    showHistory();
}

function showHistory(): void {
  if (!shown)
    return;
  charts.show(charted.history, Math.floor(Date.parse(shown.sampled_at) / 1000));
  tiles.showTrends(lastMinutes.history);
}

function showNewest(): void {
  if (!state.paused || !shown)
    showStats(newest!);
}

function showStats(stats: Stats): void {
  shown = stats;
  const now = Date.parse(stats.sampled_at);
  setText(byId('node'), `${stats.node.name} · ${stats.node.environment}`);
  setText(byId('clock'), clock(stats.sampled_at));
  plate.showFiring(stats);
  tiles.show(stats);
  flow.show(stats);
  table.show(stats, now, state);
  for (const panel of panels)
    panel.show(stats, now);
}

// What changes with the time alone.
function tick(): void {
  const now = performance.now();
  const ago = connection.newAt === undefined ? 0 : (now - connection.newAt) / 1000;
  const again = nextTry === undefined ? '' : ` Next try in ${span(Math.ceil((nextTry - now) / 1000))}.`;
  const live = describeState(connection, newest, nodeTime(), ago, why + again);
  if (state.paused && shown && connection.link === 'live')
    plate.showState(describeState(connection, shown, Date.parse(shown.sampled_at), 0, ''));
  else
    plate.showState(live);
  byId('notice').hidden = !state.paused;
  if (state.paused && shown)
    setText(byId('notice_text'), `Paused: this is ${clock(shown.sampled_at)} UTC, ${span((nodeTime() - Date.parse(shown.sampled_at)) / 1000)} ago. `
      + `Now the node is: ${connection.link === 'live' ? words(newest!.state.word) : live.word.toLowerCase()}.`);
  document.title = `${live.word} · ${newest?.node.name ?? 'Tessera'}`;
}

// The operator wants something else to be shown.
function change(part: Partial<UrlState>): void {
  const typing = Object.keys(part).every((name) => name === 'filter');
  Object.assign(state, part);
  const address = `${location.pathname}${queryOf(state)}${location.hash}`;
  if (typing)
    history.replaceState(null, '', address);
  else
    history.pushState(null, '', address);
  showState();
}

function showState(): void {
  const pause = byId('pause');
  setAttribute(pause, 'aria-pressed', String(state.paused));
  charts.showRange(state.range);
  if (charted.range !== state.range) {
    charted = feedOf();
    void updateHistory();
    showHistory();
  }
  if (!state.paused && newest) {
    showStats(newest);
    showHistory();
  } else if (shown) {
    table.show(shown, Date.parse(shown.sampled_at), state);
  }
  tick();
}

function start(): void {
  byId('pause').addEventListener('click', () => change({ paused: !state.paused }));
  byId('csv').addEventListener('click', (event) => {
    if (!client.readsWithKey)
      return;
    event.preventDefault();
    void client.blob('/stats/actors?format=csv').then((blob) => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = 'actors.csv';
      link.click();
      URL.revokeObjectURL(link.href);
    });
  });
  addEventListener('popstate', () => {
    state = parseState(location.search);
    showState();
  });
  addEventListener('online', () => void ask());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden)
      void ask();
  });
  setInterval(tick, interval);
  showState();
  void ask();
}

start();
