import { imageReference } from '../config/image-reference.ts';
import type { OperatorConfig } from '../config/operator-config.ts';
import { errorFields, OperatorError } from '../error.ts';
import type { Client } from '../kubernetes/client.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Log } from '../log.ts';
import { solutionVersion } from '../version.ts';
import { childrenOf } from './children.ts';
import { greetings, type Greeting } from './greeting.ts';
import { putChild } from './put-child.ts';
import { newStatus, type Observed } from './status.ts';

export interface ReconcileContext {
  readonly client: Client;
  readonly namespace: string;
  readonly config: { readonly current: OperatorConfig };
  readonly now: () => Date;
  readonly log: Log;
}

interface Deployment extends KubernetesObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
  };
}

/**
 * Makes of one Greeting what its spec says, whatever has happened since the last time, and says in its status how it is.
 * Of one that is gone, or going, Kubernetes' garbage collector removes what it owns. Throws what is worth another attempt.
 */
export async function reconcile(name: string, context: ReconcileContext): Promise<void> {
  const { client, namespace, now, log } = context;
  const path = `${greetings(namespace)}/${encodeURIComponent(name)}`;
  const greeting = await client.get<Greeting>(path);
  if (greeting === undefined || greeting.metadata.deletionTimestamp !== undefined) return;

  const { observed, again } = await bringAbout(greeting, context);
  const status = newStatus(greeting, observed, now);
  if (status !== undefined) {
    const { resourceVersion } = greeting.metadata;
    await client.patch(`${path}/status`, { metadata: { resourceVersion }, status });
    log('info', 'a Greeting is told how it is', { greeting: name, ready: observed.ready, reason: observed.reason });
  }
  if (again !== undefined) throw again;
}

interface Outcome {
  readonly observed: Observed;
  /** Why another attempt is worth while, though nothing that is watched changes. */
  readonly again?: OperatorError;
}

async function bringAbout(greeting: Greeting, { client, namespace, config }: ReconcileContext): Promise<Outcome> {
  try {
    checkName(greeting.metadata.name);
    const image = imageReference(config.current, greeting.spec.version ?? solutionVersion, 'hello-server');
    const made: KubernetesObject[] = [];
    for (const child of childrenOf(greeting, image, namespace)) {
      made.push(await putChild(client, child, greeting.metadata.uid));
    }
    const deployment = made.find(({ kind }) => kind === 'Deployment') as Deployment;
    return { observed: { ...rollout(deployment, greeting.spec.replicas), image } };
  } catch (error) {
    if (!(error instanceof OperatorError) || !(error.code in reasons)) throw error;
    const { help } = errorFields(error);
    const message = help === undefined ? error.message : `${error.message}: ${error.help}`;
    const observed = { ready: false, reason: reasons[error.code as keyof typeof reasons], message };
    return error.code === 'GREETING_FOREIGN' ? { observed, again: error } : { observed };
  }
}

/** What the author of a Greeting has to know, and can change. */
const reasons = {
  GREETING_NAME: 'NameNotUsable',
  GREETING_IMAGE: 'ImageNotAvailable',
  GREETING_FOREIGN: 'NameTaken',
} as const;

/** Services and labels are less free in their names than custom resources (RFC 1035 label). */
function checkName(name: string): void {
  if (/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return;
  throw new OperatorError('GREETING_NAME', `no Service can be called ${name}`, {
    help: 'at most 63 lower-case letters, digits and dashes, a letter first',
  });
}

/** Whether all pods are there, of the newest template, and ready. */
function rollout({ metadata, status = {} }: Deployment, wanted: number): Observed {
  const current = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  const readyReplicas = status.readyReplicas ?? 0;
  const ready = current && readyReplicas >= wanted && (status.updatedReplicas ?? 0) >= wanted;
  const message = `${readyReplicas} of ${wanted} servers are ready`;
  return { ready, reason: ready ? 'Serving' : 'Starting', message, readyReplicas };
}
