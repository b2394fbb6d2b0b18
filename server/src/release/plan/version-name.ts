/** How people call a version of a process: `loan-application v1 (1.0.0 tag)`. */
export function versionName(of: {
  readonly key: string;
  readonly version: number;
  readonly versionTag: string | null;
}): string {
  return `${of.key} v${of.version}${of.versionTag === null ? '' : ` (${of.versionTag} tag)`}`;
}
