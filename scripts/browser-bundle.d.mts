export declare function browserBundle(
  program: string,
  folder: string,
): Promise<{
  readonly modules: Readonly<Record<string, string>>
  readonly atStart: readonly string[]
  readonly imports: readonly string[]
}>
export declare function browserSize(
  program: string,
  folder: string,
): Promise<{ readonly minified: number; readonly gzipped: number; readonly later: number }>
