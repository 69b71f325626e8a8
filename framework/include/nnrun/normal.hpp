// Normal numbers from uniform ones, by the inverse of the distribution function: those of <random>
// differ between libraries, and here one number takes one number of the stream.
#pragma once
#include <nnrun/math.hpp>

namespace nnrun {
namespace detail {

/// Returns x such that a normal number lies below −x with probability p in (0, ½]: Wichura 1988,
/// algorithm AS 241 (PPND16), accurate to 1e-16; the last places follow our own log.
inline double normal_tail(double p) {
  const double q = 0.5 - p;
  if (q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q *
           polynomial(r, 2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
                      4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
                      1.3314166789178437745e2, 3.3871328727963666080) /
           polynomial(r, 5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
                      2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
                      4.2313330701600911252e1, 1.);
  }
  const double r = std::sqrt(-log(p));
  if (r <= 5)
    return polynomial(r - 1.6, 7.74545014278341407640e-4, 2.27238449892691845833e-2,
                      2.41780725177450611770e-1, 1.27045825245236838258, 3.64784832476320460504,
                      5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734) /
           polynomial(r - 1.6, 1.05075007164441684324e-9, 5.47593808499534494600e-4,
                      1.51986665636164571966e-2, 1.48103976427480074590e-1,
                      6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187,
                      1.);
  return polynomial(r - 5, 2.01033439929228813265e-7, 2.71155556874348757815e-5,
                    1.24266094738807843860e-3, 2.65321895265761230930e-2, 2.96560571828504891230e-1,
                    1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720) /
         polynomial(r - 5, 2.04426310338993978564e-15, 1.42151175831644588870e-7,
                    1.84631831751005468180e-5, 7.86869131145613259100e-4, 1.48753612908506148525e-2,
                    1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.);
}

}  // namespace detail

/// Returns the number below which a normal number (mean 0, deviation 1) lies with probability p in
/// (0, 1).
inline double normal_quantile(double p) {
  return p < 0.5 ? -detail::normal_tail(p) : detail::normal_tail(1 - p);
}

/// Returns the normal number for u, uniform in [0, 1). Never infinite: u in 53 bits counts as the
/// middle of what was rounded to it, so that u and 1 − u − 2^-53 give opposite numbers.
inline double normal_from_uniform(double u) {
  return u < 0.5 ? -detail::normal_tail(u + 0x1p-54) : detail::normal_tail((1 - u) - 0x1p-54);
}

}  // namespace nnrun
