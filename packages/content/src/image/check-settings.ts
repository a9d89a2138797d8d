import { ContentError } from '../error.ts';
import type { ImageSettings } from './image-settings.ts';

/** Throws ContentError INGOT_IMAGE_CONFIG for settings that no runtime takes. */
export function checkSettings({
  env,
  user,
  workdir,
  labels,
  ports,
  volumes,
  stopSignal,
  entrypoint,
  cmd,
}: ImageSettings): void {
  for (const name of Object.keys(env ?? {})) {
    if (name === '' || name.includes('=')) throw bad('env', name, 'A name is not empty and has no "=" in it.');
  }
  for (const value of ports ?? []) {
    const [, number] = /^([0-9]{1,5})(?:\/(?:tcp|udp|sctp))?$/.exec(String(value)) ?? [];
    if (number === undefined || Number(number) < 1 || Number(number) > 65535) {
      throw bad('ports', value, 'A port is a number from 1 to 65535, with /tcp, /udp or /sctp behind it if you like.');
    }
  }
  for (const path of [...(volumes ?? []), ...(workdir === undefined ? [] : [workdir])]) {
    if (!path.startsWith('/')) throw bad(path === workdir ? 'workdir' : 'volumes', path, 'Give an absolute path.');
  }
  if (user !== undefined && !/^[^\s:]+(:[^\s:]+)?$/.test(user)) throw bad('user', user, 'Write user or user:group.');
  if (stopSignal !== undefined && !/^(SIG[A-Z0-9]+([+-][0-9]+)?|[0-9]{1,2})$/.test(stopSignal)) {
    throw bad('stopSignal', stopSignal, 'Write a signal as SIGTERM, or as a number.');
  }
  const texts = [...Object.entries(env ?? {}).flat(), ...Object.entries(labels ?? {}).flat(), ...(entrypoint ?? [])];
  for (const text of [...texts, ...(cmd ?? []), ...(volumes ?? []), workdir ?? '', user ?? '']) {
    if (text.includes('\0')) throw bad('config', text, 'No text in it can have a NUL.');
  }
}

function bad(key: string, value: unknown, help: string): ContentError {
  return new ContentError('INGOT_IMAGE_CONFIG', `${JSON.stringify(value)} cannot be in an image's ${key}`, { help });
}
