import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has had, in MiB. Not `resourceUsage().maxRSS` where it can be helped: on Linux that
 * begins with what the parent had when it started this process.
 */
export function peakMiB(): number {
  try {
    const kib = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kib !== undefined) return Number(kib) / 1024;
  } catch {
    // No Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}
