import { parseSource } from '@ingot/content';
import { parseReference } from '@ingot/registry/reference';
import { CliError } from './error.ts';
import { meantReference } from './registry-argument.ts';
import type { Source } from '@ingot/content';
import type { Reference } from '@ingot/registry/reference';

/** Where an image can be written to. */
export type Destination =
  | { readonly transport: 'docker'; readonly reference: Reference }
  | {
      readonly transport: 'oci' | 'oci-archive' | 'docker-archive';
      readonly path: string;
      /** What it is called there. */
      readonly reference?: string;
    };

/** org.opencontainers.image.ref.name: OCI image-spec annotations.md. */
const refName = /^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+|\/[A-Za-z0-9]+)*$/;

/** Docker's RepoTags: distribution/reference. */
const tagged =
  /^(?:[A-Za-z0-9.-]+(?::[0-9]+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*:\w[\w.-]{0,127}$/;

/**
 * Reads docker://REF, oci:FOLDER[:REF], oci-archive:FILE[:REF] or docker-archive:FILE[:NAME:TAG].
 * Throws CliError INGOT_DESTINATION; RegistryError INGOT_REFERENCE_SYNTAX.
 */
export function parseDestination(text: string): Destination {
  const source = parsed(text);
  switch (source.transport) {
    case 'docker':
      return { transport: 'docker', reference: parseReference(source.reference) };
    case 'oci':
    case 'oci-archive':
      if (source.digest !== undefined) throw bad(text, 'has a digest', 'The digest comes of itself: leave it out.');
      return named(source, refName, 'a tag, or NAME:TAG, of letters, digits and - . _ : @ + /', text);
    case 'docker-archive':
      if (source.index !== undefined) throw bad(text, 'has an index', 'Write a name and a tag, or neither.');
      return named(source, tagged, 'NAME:TAG with a name in small letters, e.g. team/tool:2.0', text);
    default: {
      const help = `Write an oci-archive:, and let another tool take it on: skopeo copy oci-archive:image.tar ${text}`;
      throw bad(text, 'cannot be written to', source.transport === 'project' ? forms : help);
    }
  }
}

type FileSource = Extract<Source, { readonly transport: 'oci' | 'oci-archive' | 'docker-archive' }>;

function named({ transport, path, reference }: FileSource, syntax: RegExp, form: string, text: string): Destination {
  if (reference === undefined) return { transport, path };
  if (syntax.test(reference)) return { transport, path, reference };
  throw bad(text, `has the name ${JSON.stringify(reference)}, which cannot be one there`, `Write ${form}.`);
}

function parsed(text: string): Source {
  try {
    return parseSource(text);
  } catch (error) {
    const { message, help } = error as Error & { help?: string };
    const isKnown = /^(oci|oci-archive|docker-archive|docker):/.test(text);
    const meant = isKnown ? help : meantReference(text);
    throw bad(text, message.replace(/^the source ".*" /s, ''), meant === undefined ? forms : `${meant}\n${forms}`);
  }
}

const forms =
  'A destination is docker://HOST/NAME:TAG, oci:FOLDER[:REF], oci-archive:FILE[:REF] or docker-archive:FILE[:NAME:TAG].';

function bad(text: string, what: string, help: string): CliError {
  return new CliError('INGOT_DESTINATION', `the destination ${JSON.stringify(text)} ${what}`, help);
}
