const clusterBits = 16;
const cluster = 2 ** clusterBits;

/** The reference count of the cluster is one: it may be written in place. */
const copied = 1n << 63n;

/** Clusters of the file, in this order; then the disk's own. */
const [header, refcountTable, refcountBlock, l1, l2, data] = [0, 1, 2, 3, 4, 5].map((index) => index * cluster) as [
  number,
  number,
  number,
  number,
  number,
  number,
];

/**
 * The same disk as qcow2, version 3 (QEMU docs/interop/qcow2.txt): only clusters that hold something are in it. One
 * table is enough for the disk, which has at most 512 MiB.
 */
export function qcow2Of(raw: Buffer): Buffer {
  const used = Array.from({ length: Math.ceil(raw.length / cluster) }, (_, index) => index).filter((index) =>
    clusterOf(raw, index).some((byte) => byte !== 0),
  );
  const file = Buffer.alloc(data + used.length * cluster);
  writeHeader(file, raw.length);
  file.writeBigUInt64BE(BigInt(refcountBlock), refcountTable);
  for (let at = 0; at < file.length / cluster; at++) file.writeUInt16BE(1, refcountBlock + at * 2);
  file.writeBigUInt64BE(BigInt(l2) | copied, l1);
  used.forEach((index, i) => {
    const at = data + i * cluster;
    file.writeBigUInt64BE(BigInt(at) | copied, l2 + index * 8);
    clusterOf(raw, index).copy(file, at);
  });
  return file;
}

function clusterOf(raw: Buffer, index: number): Buffer {
  return raw.subarray(index * cluster, (index + 1) * cluster);
}

/** § Header; what is not written is 0: no backing file, no encryption, no snapshots, no features. */
function writeHeader(file: Buffer, size: number): void {
  file.write('QFI\xfb', header, 'latin1');
  file.writeUInt32BE(3, 4);
  file.writeUInt32BE(clusterBits, 20);
  file.writeBigUInt64BE(BigInt(size), 24);
  file.writeUInt32BE(1, 36); // entries of the L1 table
  file.writeBigUInt64BE(BigInt(l1), 40);
  file.writeBigUInt64BE(BigInt(refcountTable), 48);
  file.writeUInt32BE(1, 56); // clusters of the refcount table
  file.writeUInt32BE(4, 96); // a count has 2^4 bits
  file.writeUInt32BE(104, 100); // the header's own length
}
