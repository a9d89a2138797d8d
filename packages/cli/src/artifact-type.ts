import { isIndex, isManifest } from '@ingot/content';
import { UsageError } from './error.ts';

/** RFC 6838 § 4.2. */
const mediaTypeSyntax = /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9][\w!#$&^.+-]{0,126}$/;

/** Throws UsageError unless it has the form of a media type, registered or not: `build/log`. */
export function checkArtifactType(text: string): void {
  checkForm('type', text);
}

/** Throws UsageError for what is no media type, and for those of manifests, for which a registry would take a file. */
export function checkMediaType(text: string): void {
  checkForm('media-type', text);
  if (!isManifest(text) && !isIndex(text)) return;
  throw new UsageError(`--media-type: a file cannot be called ${text}`, 'Clients would take it for a manifest.');
}

function checkForm(option: string, text: string): void {
  if (mediaTypeSyntax.test(text)) return;
  throw new UsageError(
    `--${option}: ${JSON.stringify(text)} has not the form of a media type`,
    'Write type/subtype, e.g. application/spdx+json or build/log.',
  );
}
