import { randomUUID } from 'node:crypto';
import { failure, type Answer } from './exchange.ts';
import { sha256, type Upload } from './contents.ts';
import type { Call } from './call.ts';

/** distribution-spec § Pulling blobs, § Deleting blobs. */
export function blob(call: Call, digest: string): Answer {
  const bytes = call.repository.blobs.get(digest);
  if (bytes === undefined) return failure(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  if (call.method === 'DELETE') {
    call.repository.blobs.delete(digest);
    return { status: 202 };
  }
  const { redirectBlobsTo, ranges = true } = call.options;
  if (redirectBlobsTo !== undefined && call.method === 'GET') {
    return { status: 307, headers: { location: redirectBlobsTo(call.name, digest) } };
  }
  const headers = { 'content-type': 'application/octet-stream', 'docker-content-digest': digest };
  const range = /^bytes=(\d+)-(\d*)$/.exec(call.headers.range ?? '');
  if (range === null || !ranges || call.method === 'HEAD') {
    return { status: 200, headers: { ...headers, ...(ranges ? { 'accept-ranges': 'bytes' } : {}) }, body: bytes };
  }
  const start = Number(range[1]);
  const end = Math.min(range[2] === '' ? Infinity : Number(range[2]), bytes.length - 1);
  if (start > end) return { status: 416, headers: { 'content-range': `bytes */${bytes.length}` } };
  const part = { ...headers, 'content-range': `bytes ${start}-${end}/${bytes.length}` };
  return { status: 206, headers: part, body: bytes.subarray(start, end + 1) };
}

/** distribution-spec § Pushing blobs: what POST begins. */
export async function beginUpload(call: Call): Promise<Answer> {
  const mount = call.query.get('mount');
  const from = call.query.get('from');
  if (mount !== null && from !== null && (call.options.mounts ?? true) && call.mayPull(from)) {
    const bytes = call.repositoryOf(from).blobs.get(mount);
    if (bytes !== undefined) {
      call.repository.blobs.set(mount, bytes);
      return created(call, mount);
    }
  }
  const upload: Upload = { id: randomUUID(), parts: [], size: 0 };
  call.repository.uploads.set(upload.id, upload);
  const digest = call.query.get('digest');
  if (digest === null) return accepted(call, upload);
  await append(call, upload);
  return finish(call, upload, digest);
}

/** distribution-spec § Pushing a blob in chunks: PATCH, PUT, GET and DELETE of an upload. */
export async function upload(call: Call, id: string): Promise<Answer> {
  const found = call.repository.uploads.get(id);
  if (found === undefined) return failure(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  if (call.method === 'DELETE') {
    call.repository.uploads.delete(id);
    return { status: 204 };
  }
  const { chunked = true } = call.options;
  if (call.method === 'GET') {
    return chunked ? { ...accepted(call, found), status: 204 } : failure(405, 'UNSUPPORTED', 'no status of uploads');
  }
  if (call.method === 'PATCH' && !chunked) return failure(405, 'UNSUPPORTED', 'no chunked uploads');
  const start = /^(?:bytes )?(\d+)-\d+/.exec(call.headers['content-range'] ?? '')?.[1];
  if (start !== undefined && Number(start) !== found.size) {
    return failure(416, 'BLOB_UPLOAD_INVALID', 'the chunk is out of order', accepted(call, found).headers);
  }
  await append(call, found);
  if (call.method === 'PATCH') return accepted(call, found);
  const digest = call.query.get('digest');
  return digest === null ? failure(400, 'DIGEST_INVALID', 'no digest') : finish(call, found, digest);
}

async function append(call: Call, upload: Upload): Promise<void> {
  try {
    for await (const part of call.body()) {
      upload.parts.push(part);
      upload.size += part.length;
    }
  } catch (error) {
    // A registry that cannot resume forgets an upload whose connection was lost.
    if (!(call.options.chunked ?? true)) call.repository.uploads.delete(upload.id);
    throw error;
  }
}

function finish(call: Call, upload: Upload, digest: string): Answer {
  const bytes = Buffer.concat(upload.parts, upload.size);
  call.repository.uploads.delete(upload.id);
  if (sha256(bytes) !== digest) return failure(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  call.repository.blobs.set(digest, bytes);
  return created(call, digest);
}

function created(call: Call, digest: string): Answer {
  const location = `/v2/${call.name}/blobs/${digest}`;
  return { status: 201, headers: { location, 'docker-content-digest': digest } };
}

function accepted(call: Call, upload: Upload): { status: number; headers: Record<string, string> } {
  // With a query that the client has to keep, and relative: both are allowed, and both are often got wrong.
  const location = `/v2/${call.name}/blobs/uploads/${upload.id}?state=${upload.size}`;
  const range = `0-${Math.max(0, upload.size - 1)}`;
  return { status: 202, headers: { location, range, 'docker-upload-uuid': upload.id } };
}
