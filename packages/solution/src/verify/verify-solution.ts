import type { IsoImage } from '@ingot/iso9660';
import { readArchive } from './archive.ts';
import type { Archive, ArchiveOptions } from './archive.ts';
import type { Finding } from '@ingot/workspace';
import type { Fault, Rule } from './finding.ts';
import { blobRules } from './rules/blobs.ts';
import { checksumRules } from './rules/checksums.ts';
import { fileRules } from './rules/files.ts';
import { imageRules } from './rules/images.ts';
import { manifestRules } from './rules/manifest.ts';
import { namedRules } from './rules/named.ts';
import { operatorRules } from './rules/operator.ts';
import { registryRules } from './rules/registry.ts';
import { completeRule, missingEnd, volumeRules } from './rules/volume.ts';

export type VerifyOptions = ArchiveOptions;

/** Every rule of the contract, in the order in which they are reported. */
export const rules: readonly Rule[] = [
  ...volumeRules,
  ...manifestRules,
  ...namedRules,
  ...imageRules,
  ...blobRules,
  ...registryRules,
  ...operatorRules,
  ...fileRules,
  ...checksumRules,
];

/** How many places of one rule are told one by one; the rest are counted. */
const mostFaults = 20;

/**
 * Applies every rule to a finished ISO and tells the outcome of each as it is known: one `ok`, or a finding for each
 * place where it does not hold. Rules that have nothing to judge are passed over. `file`: the ISO's path, for the sums
 * beside it; `deep`: unpack every layer, up to `unpackLimit` bytes; `onBytes`: called with the size of each piece that was read.
 * An ISO that is cut short ends with a finding that says so.
 * Throws what @ingot/iso9660 throws for an image that cannot be read at all.
 */
export async function* verifySolution(
  image: IsoImage,
  options: VerifyOptions = {},
): AsyncGenerator<Finding, void, undefined> {
  try {
    const archive = await readArchive(image, options);
    for (const rule of rules) yield* apply(rule, archive);
  } catch (error) {
    const [fault] = missingEnd(image);
    if (fault === undefined || (error as { code?: unknown }).code !== 'INGOT_ISO_TRUNCATED') throw error;
    yield findingOf(completeRule, { message: `${fault.message}: the rest cannot be judged` });
  }
}

async function* apply(rule: Rule, archive: Archive): AsyncGenerator<Finding, void, undefined> {
  const faults = await rule.check(archive);
  if (faults === undefined) return;
  let count = 0;
  let worst: Finding['level'] = 'warning';
  for await (const fault of faults) {
    const finding = findingOf(rule, fault);
    if (finding.level === 'error') worst = 'error';
    if (++count <= mostFaults) yield finding;
  }
  if (count === 0) yield { rule: rule.id, level: 'ok', message: rule.holds };
  if (count <= mostFaults) return;
  yield findingOf(rule, { message: `and ${count - mostFaults} more of this kind`, level: worst });
}

function findingOf(rule: Rule, fault: Fault): Finding {
  return {
    rule: rule.id,
    level: fault.level ?? rule.level,
    message: fault.message,
    reason: rule.reason,
    remedy: fault.remedy ?? rule.remedy,
    ...(fault.path === undefined ? {} : { path: fault.path }),
  };
}
