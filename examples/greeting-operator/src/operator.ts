import type { BackoffLimits } from './backoff.ts';
import type { ConfigFile } from './config/config-file.ts';
import { errorFields } from './error.ts';
import { childCollections, madeHere } from './greeting/children.ts';
import { greetings, kind } from './greeting/greeting.ts';
import { reconcile } from './greeting/reconcile.ts';
import type { Client } from './kubernetes/client.ts';
import type { KubernetesObject } from './kubernetes/object.ts';
import { watchCollection } from './kubernetes/watch.ts';
import type { Log } from './log.ts';
import { reconcileQueue } from './queue.ts';

export interface OperatorOptions {
  readonly client: Client;
  readonly namespace: string;
  readonly config: ConfigFile;
  /** Every collection has been listed. */
  readonly onReady: () => void;
  readonly signal: AbortSignal;
  readonly log: Log;
}

const backoff: BackoffLimits = { first: 250, most: 30_000 };
/** How often the configuration is looked at, in milliseconds. */
const configInterval = 2_000;

/** Watches Greetings, what was made of them and the configuration, and reconciles until `signal`; the work begun then is finished. */
export async function runOperator({ client, namespace, config, onReady, signal, log }: OperatorOptions): Promise<void> {
  const known = new Set<string>();
  const queue = reconcileQueue({
    reconcile: (name) => reconcile(name, { client, namespace, config, now: () => new Date(), log }),
    onError: (greeting, error) => log('error', 'a Greeting is tried again later', { greeting, ...errorFields(error) }),
    backoff,
  });
  const onGreeting = ({ metadata }: KubernetesObject) => {
    known.add(metadata.name);
    queue.add(metadata.name);
  };
  const onChild = ({ metadata }: KubernetesObject) => {
    const owner = metadata.ownerReferences?.find((each) => each.controller === true && each.kind === kind);
    if (owner !== undefined) queue.add(owner.name);
  };

  const labelSelector = Object.entries(madeHere)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  const watched = [
    { path: greetings(namespace), onChange: onGreeting },
    ...Object.values(childCollections(namespace)).map((path) => ({
      path,
      query: { labelSelector },
      onChange: onChild,
    })),
  ];
  let missing = watched.length;
  const listed = () => {
    if (--missing === 0) onReady();
  };
  const onConfig = () => {
    log('info', 'the configuration has changed', { versions: [...config.current.repositories.keys()] });
    for (const name of known) queue.add(name);
  };
  await Promise.all([
    ...watched.map((each) => watchCollection({ ...each, onSynced: listed, client, backoff, signal, log })),
    config.follow(configInterval, onConfig, signal),
  ]);
  await queue.close();
}
