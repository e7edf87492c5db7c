// Distances on the Earth, in kilometres, between points in radians.

/** @typedef {{ latitude: number, longitude: number }} Point */

export const radians = (/** @type {number} */ degrees) => (degrees * Math.PI) / 180

const equator = 6378.137
const flattening = 1 / 298.257223563
const pole = equator * (1 - flattening)

/**
 * On the WGS-84 ellipsoid, to a millimetre; several rounds of iteration each.
 * Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid" (1975).
 * @param {Point} a
 * @param {Point} b
 */
export function onEllipsoid(a, b) {
  const u1 = Math.atan((1 - flattening) * Math.tan(a.latitude))
  const u2 = Math.atan((1 - flattening) * Math.tan(b.latitude))
  const sinU1 = Math.sin(u1)
  const cosU1 = Math.cos(u1)
  const sinU2 = Math.sin(u2)
  const cosU2 = Math.cos(u2)
  const apart = b.longitude - a.longitude

  let lambda = apart
  for (let round = 0; round < 100; round++) {
    const sinLambda = Math.sin(lambda)
    const cosLambda = Math.cos(lambda)
    const sinSigma = Math.hypot(cosU2 * sinLambda, cosU1 * sinU2 - sinU1 * cosU2 * cosLambda)
    if (sinSigma === 0) return 0
    const cosSigma = sinU1 * sinU2 + cosU1 * cosU2 * cosLambda
    const sigma = Math.atan2(sinSigma, cosSigma)
    const sinAlpha = (cosU1 * cosU2 * sinLambda) / sinSigma
    const cos2Alpha = 1 - sinAlpha * sinAlpha
    // Along the equator cos2Alpha is 0, and the term has no weight.
    const middle = cos2Alpha === 0 ? 0 : cosSigma - (2 * sinU1 * sinU2) / cos2Alpha
    const c = (flattening / 16) * cos2Alpha * (4 + flattening * (4 - 3 * cos2Alpha))
    const swing = sigma + c * sinSigma * (middle + c * cosSigma * (2 * middle * middle - 1))
    const next = apart + (1 - c) * flattening * sinAlpha * swing
    if (Math.abs(next - lambda) > 1e-12) {
      lambda = next
      continue
    }
    const square = (cos2Alpha * (equator * equator - pole * pole)) / (pole * pole)
    const big = 1 + (square / 16384) * (4096 + square * (-768 + square * (320 - 175 * square)))
    const small = (square / 1024) * (256 + square * (-128 + square * (74 - 47 * square)))
    const inner = cosSigma * (2 * middle * middle - 1)
    const outer = (small / 6) * middle * (4 * sinSigma * sinSigma - 3) * (4 * middle * middle - 3)
    return pole * big * (sigma - small * sinSigma * (middle + (small / 4) * (inner - outer)))
  }
  // Only nearly opposite points do not converge.
  return onSphere(a, b)
}

/**
 * On a sphere of the Earth's mean radius: quick, and wrong by up to half a percent.
 * @param {Point} a
 * @param {Point} b
 */
export function onSphere(a, b) {
  const haversine = (/** @type {number} */ angle) => Math.sin(angle / 2) ** 2
  const across = Math.cos(a.latitude) * Math.cos(b.latitude) * haversine(b.longitude - a.longitude)
  return 2 * 6371.0088 * Math.asin(Math.sqrt(haversine(b.latitude - a.latitude) + across))
}
