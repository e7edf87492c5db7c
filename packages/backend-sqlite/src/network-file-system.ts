/** Which file systems other hosts may write to: there the log of SQLite, which processes share by memory, does not work. */
import { statfsSync } from 'node:fs'

/** As Linux numbers them, in 32 bits: statfs(2), and `stat -f` of coreutils for the last four. */
const NETWORK_FILE_SYSTEMS: ReadonlySet<bigint> = new Set([
  0x6969n, // NFS
  0x517bn, // SMB
  0xff534d42n, // CIFS
  0xfe534d42n, // SMB 2 and later
  0x01021997n, // 9P, as of drives of Windows in WSL
  0x5346414fn, // AFS
  0x6b414653n, // AFS of the kernel
  0x00c36400n, // Ceph
  0x73757245n, // Coda
  0x564cn, // NCP
  0x7461636fn, // OCFS2
  0x0bd00bd0n, // Lustre
  0x47504653n, // GPFS
  0x01161970n, // GFS2
  0x19830326n, // BeeGFS
])

/**
 * Whether a file, or a folder, lies on a network file system, as far as the system tells: Linux does, by a number of the
 * file system's kind, others do not. FUSE has one number for local and remote ones, and counts as local.
 */
export function isOnNetworkFileSystem(path: string): boolean {
  if (process.platform !== 'linux') return false
  try {
    return isNetworkFileSystem(statfsSync(path, { bigint: true }).type)
  } catch {
    // Whatever the reason: who cannot ask opens the file as if it were local, and opening tells what is wrong with it.
    return false
  }
}

/**
 * @param type - as `statfs` gives it: 32 bits, which may come with a sign, or with that of 64 bits. Such a one is told
 * exactly only as a bigint
 */
export function isNetworkFileSystem(type: number | bigint): boolean {
  return NETWORK_FILE_SYSTEMS.has(BigInt.asUintN(32, BigInt(type)))
}
