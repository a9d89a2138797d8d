import { randomUUID } from 'node:crypto';

export interface ApiObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    generation: number;
    creationTimestamp: string;
    labels?: Record<string, string>;
    ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
  };
  [field: string]: unknown;
}

export interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** `group/plural`. */
  readonly resource: string;
  readonly object: ApiObject;
}

/** What an API server keeps: objects, each change of which has a number, and the changes since the last compaction. */
export class Objects {
  #version = 100;
  #oldest = 100;
  #changes: Change[] = [];
  readonly #objects = new Map<string, ApiObject>();
  readonly #listeners = new Set<(change: Change) => void>();

  get version(): number {
    return this.#version;
  }

  list(resource: string, namespace: string): ApiObject[] {
    const prefix = key(resource, namespace, '');
    const names = [...this.#objects.keys()].filter((each) => each.startsWith(prefix)).sort();
    return names.map((name) => structuredClone(this.#objects.get(name)!));
  }

  get(resource: string, namespace: string, name: string): ApiObject | undefined {
    return structuredClone(this.#objects.get(key(resource, namespace, name)));
  }

  create(resource: string, namespace: string, given: Partial<ApiObject>): ApiObject {
    const made = structuredClone(given) as ApiObject;
    const name = made.metadata.name;
    const creationTimestamp = new Date().toISOString();
    made.metadata = { ...made.metadata, name, namespace, uid: randomUUID(), generation: 1, creationTimestamp };
    return this.#put(resource, 'ADDED', made);
  }

  /** A new spec is a new generation; where nothing changes there is no new version. */
  replace(resource: string, object: ApiObject): ApiObject {
    const { namespace, name } = object.metadata;
    const before = this.#objects.get(key(resource, namespace, name))!;
    const after = structuredClone(object);
    after.metadata.resourceVersion = before.metadata.resourceVersion;
    if (JSON.stringify(before) === JSON.stringify(after)) return structuredClone(before);
    if (JSON.stringify(before['spec']) !== JSON.stringify(after['spec'])) after.metadata.generation++;
    return this.#put(resource, 'MODIFIED', after);
  }

  /** And, as the garbage collector does, all that it owns. */
  delete(resource: string, namespace: string, name: string): void {
    const gone = this.get(resource, namespace, name)!;
    this.#objects.delete(key(resource, namespace, name));
    this.#announce(resource, 'DELETED', gone);
    for (const [owned, { metadata }] of this.#objects) {
      if (!(metadata.ownerReferences ?? []).some(({ uid }) => uid === gone.metadata.uid)) continue;
      this.delete(owned.split(' ')[0]!, metadata.namespace, metadata.name);
    }
  }

  /** The changes after a version; undefined where they are forgotten. */
  since(version: number): readonly Change[] | undefined {
    return version < this.#oldest ? undefined : this.#changes.filter((change) => change.version > version);
  }

  /** Forgets all changes so far, as etcd does every five minutes. */
  compact(): void {
    this.#oldest = this.#version;
    this.#changes = [];
  }

  /** Returns what stops it. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put(resource: string, type: Change['type'], object: ApiObject): ApiObject {
    this.#objects.set(key(resource, object.metadata.namespace, object.metadata.name), object);
    this.#announce(resource, type, object);
    return structuredClone(object);
  }

  #announce(resource: string, type: Change['type'], object: ApiObject): void {
    object.metadata.resourceVersion = String(++this.#version);
    const change = { version: this.#version, type, resource, object: structuredClone(object) };
    this.#changes.push(change);
    for (const listener of this.#listeners) listener(change);
  }
}

function key(resource: string, namespace: string, name: string): string {
  return `${resource} ${namespace} ${name}`;
}
