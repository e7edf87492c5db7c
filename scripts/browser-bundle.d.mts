export declare function browserBundle(
  program: string,
  folder: string,
): Promise<{ readonly code: string; readonly imports: readonly string[] }>
export declare function browserSize(
  program: string,
  folder: string,
): Promise<{ readonly minified: number; readonly gzipped: number }>
