/** What a tar holds, in its order. */
export interface TarEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'other';
  readonly content: Uint8Array;
}

const block = 512;
const mostEntries = 20_000;

/**
 * The entries of a small tar in memory (POSIX ustar and pax, GNU's long names), where `walkTar` of @ingot/content reads
 * those on a disk. Throws an Error that says what is wrong with it.
 */
export function readTar(bytes: Uint8Array): TarEntry[] {
  const tar = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: TarEntry[] = [];
  let said: { path?: string; size?: number } = {};
  for (let position = 0; position < tar.length;) {
    const head = tar.subarray(position, position + block);
    // The end is two blocks of zeros; some writers leave them out.
    if (head.every((byte) => byte === 0)) break;
    if (head.length < block || !hasSum(head)) throw new Error(`has no header where one should be (byte ${position})`);
    const type = String.fromCharCode(head[156]!);
    const extension = 'xgLK'.includes(type);
    const size = (extension ? undefined : said.size) ?? number(head.subarray(124, 136));
    const from = position + block;
    if (!Number.isSafeInteger(size) || size < 0 || from + size > tar.length) {
      throw new Error(`names more bytes than it has (byte ${position})`);
    }
    const content = tar.subarray(from, from + size);
    position = from + Math.ceil(size / block) * block;
    if (type === 'x') said = { ...said, ...pax(content) };
    else if (type === 'L') said = { ...said, path: text(content) };
    if (extension) continue;
    if (entries.length === mostEntries) throw new Error(`has more than ${mostEntries} entries`);
    const path = said.path ?? nameOf(head);
    const old = type === '\0' && path.endsWith('/');
    entries.push({
      path,
      type: type === '5' || old ? 'directory' : ['0', '\0', '7'].includes(type) ? 'file' : 'other',
      content,
    });
    said = {};
  }
  return entries;
}

function nameOf(head: Buffer): string {
  const prefix = head.toString('latin1', 257, 263) === 'ustar\0' ? text(head.subarray(345, 500)) : '';
  const name = text(head.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

function hasSum(head: Buffer): boolean {
  // The sum is made with blanks in its own place.
  const sum = head.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return sum === number(head.subarray(148, 156));
}

/** Octal digits; or, where the first bit is set, as GNU writes large ones, bytes. */
function number(field: Buffer): number {
  if ((field[0]! & 0x80) !== 0) return field.subarray(1).reduce((value, byte) => value * 256 + byte, field[0]! & 0x7f);
  const digits = text(field).trim();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

function text(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

/** Records `length key=value\n`; of them, what bears upon an entry of a chart. */
function pax(content: Buffer): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < content.length;) {
    const blank = content.indexOf(0x20, at);
    const length = Number(content.toString('latin1', at, Math.max(at, blank)));
    const record = content.subarray(blank + 1, at + length);
    const equals = record.indexOf(0x3d);
    if (blank < 0 || !(length > blank + 1 - at) || at + length > content.length || equals < 0) {
      throw new Error('has a pax header with a wrong length');
    }
    const [key, value] = [record.toString('utf8', 0, equals), record.toString('utf8', equals + 1, record.length - 1)];
    if (key === 'path') found.path = value;
    if (key === 'size') found.size = Number(value);
    at += length;
  }
  return found;
}
