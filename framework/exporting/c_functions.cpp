#include "exporting/c_functions.hpp"

#include <algorithm>
namespace nnrun::host {
namespace {

// <nnrun/math.hpp> in C99, function by function, and so the same bits.
struct Piece {
  std::string_view name, needs, narrow, wide;  // wide empty: as narrow
};
// clang-format off
constexpr Piece function_pieces[] = {
    {"exp", "", R"(static N_INLINE N_number N_exp(N_number x) {
  N_number k = x * 1.44269504f + 12582912.f, r, r2, r4, a, b, y;
  uint32_t e, bits;
  memcpy(&e, &k, sizeof e);
  e <<= 23;
  k -= 12582912.f;
  r = (x - k * 0.693359375f) + k * 2.12194440e-4f;
  r2 = r * r;
  r4 = r2 * r2;
  a = 4.99999934321292902e-1f + r * 1.66665203990425301e-1f;
  b = (4.16683907835479131e-2f + r * 8.36874510894259065e-3f) + r2 * 1.38145401768013064e-3f;
  y = 1.f + ((r + r2 * a) + r4 * b);
  memcpy(&bits, &y, sizeof bits);
  bits += e;
  memcpy(&y, &bits, sizeof bits);
  y = x > 88.72f ? (N_number)HUGE_VAL : y;
  y = x < -87.3f ? 0.f : y;
  return x == x ? y : x;
}
)", R"(static N_INLINE N_number N_exp(N_number x) {
  N_number k = x * 1.4426950408889634 + 6755399441055744.0, r, r2, r4, r8, a, b, c, y;
  uint64_t e, bits;
  memcpy(&e, &k, sizeof e);
  e <<= 52;
  k -= 6755399441055744.0;
  r = (x - k * 0.693145751953125) - k * 1.42860682030941723212e-6;
  r2 = r * r;
  r4 = r2 * r2;
  r8 = r4 * r4;
  a = 5.00000000000001067e-1 + r * 1.66666666666664115e-1;
  b = (4.16666666665297286e-2 + r * 8.33333333349497716e-3) +
      r2 * (1.38888889437598637e-3 + r * 1.98412695057736125e-4);
  c = (2.48014929497302662e-5 + r * 2.75575868042049046e-6) +
      r2 * (2.76303062195969326e-7 + r * 2.50000187139290215e-8);
  y = 1. + ((r + r2 * a) + (r4 * b + r8 * c));
  memcpy(&bits, &y, sizeof bits);
  bits += e;
  memcpy(&y, &bits, sizeof bits);
  y = x > 709.78 ? HUGE_VAL : y;
  y = x < -708.39 ? 0. : y;
  return x == x ? y : x;
}
)"},
    {"log", "", R"(static N_INLINE N_number N_log(N_number x) {
  const int tiny = x < FLT_MIN;
  N_number m = tiny ? x * 8388608.f : x, f, k, f2, p, y;
  uint32_t b, e;
  memcpy(&b, &m, sizeof b);
  e = (b - UINT32_C(0x3f3504f3) + UINT32_C(0x80000000)) >> 23;
  b -= (e - 256) << 23;
  memcpy(&m, &b, sizeof b);
  f = m - 1.f;
  k = (N_number)((int32_t)e - 256) - (tiny ? 23.f : 0.f);
  f2 = f * f;
  p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  y = f * f2 * p + k * -2.12194440e-4f - 0.5f * f2;
  y = f + y + k * 0.693359375f;
  y = x < (N_number)HUGE_VAL ? y : x;
  y = x > 0.f ? y : -(N_number)HUGE_VAL;
  return x >= 0.f ? y : x - x + (N_number)(HUGE_VAL - HUGE_VAL);
}
)", R"(static N_INLINE N_number N_log(N_number x) {
  const int tiny = x < DBL_MIN;
  N_number m = tiny ? x * 18014398509481984. : x, k, f, s, z, w, half, y;
  uint64_t b, e;
  memcpy(&b, &m, sizeof b);
  e = (b - UINT64_C(0x3fe6a09e667f3bcd) + (UINT64_C(2048) << 52)) >> 52;
  b -= (e - 2048) << 52;
  memcpy(&m, &b, sizeof b);
  e |= UINT64_C(0x4330000000000000);
  memcpy(&k, &e, sizeof e);
  k = k - (4503599627370496. + 2048.) - (tiny ? 54. : 0.);
  f = m - 1.;
  s = f / (2. + f);
  z = s * s;
  w = z * z;
  half = 0.5 * f * f;
  y = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01)) +
      z * (6.666666666666735130e-01 +
           w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860510658591e-01)));
  y = k * 6.93147180369123816490e-01 - ((half - (s * (half + y) + k * 1.90821492927058770002e-10)) - f);
  y = x < HUGE_VAL ? y : x;
  y = x > 0. ? y : -HUGE_VAL;
  return x >= 0. ? y : x - x + (HUGE_VAL - HUGE_VAL);
}
)"},
    {"log1p", "log", R"(static N_INLINE N_number N_log1p(N_number x) {
  const N_number u = (N_number)1 + x, y = N_log(u) * (x / (u - (N_number)1));
  return u == (N_number)1 ? x : (u < (N_number)HUGE_VAL ? y : u);
}
)", ""},
    {"sigmoid", "exp", "static N_INLINE N_number N_sigmoid(N_number x) { return (N_number)1 / ((N_number)1 + N_exp(-x)); }\n", ""},
    {"near", "", R"(static N_INLINE N_number N_near(N_number a) {
  const N_number z = a * a;
  N_number p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  return a + a * z * p;
}
)", R"(static N_INLINE N_number N_near(N_number a) {
  const N_number z = a * a;
  N_number p = -9.64399179425052238628e-1, q = z + 1.12811678491632931402e2;
  p = p * z - 9.92877231001918586564e1;
  p = p * z - 1.61468768441708447952e3;
  q = q * z + 2.23548839060100448583e3;
  q = q * z + 4.84406305325125486048e3;
  return a + a * z * (p / q);
}
)"},
    {"tanh", "exp near", R"(static N_INLINE N_number N_tanh(N_number x) {
  const N_number a = x < (N_number)0 ? -x : x, big = (N_number)1 - (N_number)2 / (N_exp(a + a) + (N_number)1);
  const N_number y = a < (N_number)0.625 ? N_near(a) : big;
  return x < (N_number)0 ? -y : y;
}
)", ""},
    {"expm1", "exp near", R"(static N_INLINE N_number N_expm1(N_number x) {
  const N_number t = N_near(x * (N_number)0.5), small = (t + t) / ((N_number)1 - t), big = N_exp(x) - (N_number)1;
  return (x < (N_number)0 ? -x : x) < (N_number)1 ? small : big;
}
)", ""},
    {"softplus", "exp log1p", R"(static N_INLINE N_number N_softplus(N_number x) {
  return N_log1p(N_exp(x < (N_number)0 ? x : -x)) + (x < (N_number)0 ? (N_number)0 : x);
}
)", ""},
    {"erfc", "exp", R"(static N_INLINE N_number N_erfc(N_number x) {
  static const N_number c[] = {0.05700775302f, -0.2991739024f, 0.5523162151f, -0.463431756f, 0.4221717858f,
      -0.01204721745f, 0.1956953188f, 0.1706492463f, 0.1887818889f, 0.1880306696f};
  const N_number a = x < 0.f ? -x : x, t = 3.f / (3.f + a);
  N_number p = c[0], y;
  int i;
  for (i = 1; i < 10; ++i) p = p * t + c[i];
  y = N_exp(-a * a) * (t * p);
  return x < 0.f ? 2.f - y : y;
}
)", R"(static N_INLINE N_number N_erfc(N_number x) {
  static const N_number c[] = {0.00169194646884529221, -0.0216724234892784172, 0.126547475866018313,
      -0.445698675402071647, 1.0596502620870998, -1.81431740764309612, 2.34557311023538041,
      -2.36928371417021122, 1.89962882387582031, -1.22853510824567972, 0.654540557703882398,
      -0.261000601787750407, 0.126215377693191957, 0.0171698249025264979, 0.0688251607042882444,
      0.0799068195891954426, 0.0992025600169680398, 0.114995952476799654, 0.12782568275097116,
      0.13663958176787144, 0.14104739875836346, 0.141047395840865108};
  const N_number a = x < 0. ? -x : x, t = 4. / (4. + a);
  N_number p = c[0], y;
  int i;
  for (i = 1; i < 22; ++i) p = p * t + c[i];
  y = N_exp(-a * a) * (t * p);
  return x < 0. ? 2. - y : y;
}
)"},
    {"erf", "erfc", R"(static N_INLINE N_number N_erf(N_number x) {
  const N_number z = x * x, a = x < 0.f ? -x : x, big = 1.f - N_erfc(a);
  N_number p = 0.004719082567f;
  p = p * z - 0.02675773274f;
  p = p * z + 0.1128283143f;
  p = p * z - 0.3761260901f;
  p = p * z + 1.128379166f;
  return a < 0.5f ? x * p : (x < 0.f ? -big : big);
}
)", R"(static N_INLINE N_number N_erf(N_number x) {
  static const N_number c[] = {-1.46209134094517487e-7, 1.63712344257700007e-6,
      -0.0000149230033681520988, 0.000120552862020057133, -0.00085483265107247964,
      0.00522397762201693636, -0.0268661706449997198, 0.112837916709548691,
      -0.376126389031837505, 1.12837916709551257};
  const N_number z = x * x, a = x < 0. ? -x : x, big = 1. - N_erfc(a);
  N_number p = c[0];
  int i;
  for (i = 1; i < 10; ++i) p = p * z + c[i];
  return a < 0.5 ? x * p : (x < 0. ? -big : big);
}
)"},
    {"sine", "", R"(static N_INLINE N_number N_sine(N_number x, uint32_t quarter) {
  const N_number near = fabsf(x) < 1e6f ? x : x - x, shifted = near * 0.63661977236758134f + 12582912.f;
  const N_number k = shifted - 12582912.f;
  const N_number r = ((near - k * 1.5703125f) - k * 4.837512969970703125e-4f) - k * 7.549789954891882e-8f, z = r * r;
  N_number s = (N_number)(1. / 362880), c = (N_number)(1. / 40320), y;
  uint32_t turn;
  s = ((s * z + (N_number)(-1. / 5040)) * z + (N_number)(1. / 120)) * z + (N_number)(-1. / 6);
  c = ((c * z + (N_number)(-1. / 720)) * z + (N_number)(1. / 24)) * z - 0.5f;
  memcpy(&turn, &shifted, sizeof turn);
  turn += quarter;
  y = turn & 1 ? 1.f + z * c : r + r * z * s;
  return turn & 2 ? -y : y;
}
)", R"(static N_INLINE N_number N_sine(N_number x, uint64_t quarter) {
  const N_number near = fabs(x) < 1e15 ? x : x - x, shifted = near * 0.63661977236758134 + 6755399441055744.0;
  const N_number k = shifted - 6755399441055744.0;
  const N_number r = ((near - k * 1.57079632673412561) - k * 6.077100506303965977e-11) - k * 2.022266248795950733e-21, z = r * r;
  N_number s = -1. / 1307674368000, c = 1. / 20922789888000, y;
  uint64_t turn;
  s = ((((((s * z + 1. / 6227020800) * z - 1. / 39916800) * z + 1. / 362880) * z - 1. / 5040) * z + 1. / 120) * z) - 1. / 6;
  c = ((((((c * z - 1. / 87178291200) * z + 1. / 479001600) * z - 1. / 3628800) * z + 1. / 40320) * z - 1. / 720) * z + 1. / 24) * z - 0.5;
  memcpy(&turn, &shifted, sizeof turn);
  turn += quarter;
  y = turn & 1 ? 1. + z * c : r + r * z * s;
  return turn & 2 ? -y : y;
}
)"},
    {"sin", "sine", "static N_INLINE N_number N_sin(N_number x) { return N_sine(x, 0); }\n", ""},
    {"cos", "sine", "static N_INLINE N_number N_cos(N_number x) { return N_sine(x, 1); }\n", ""},
    {"abs", "", "static N_INLINE N_number N_abs(N_number x) { return fabsf(x); }\n", "static N_INLINE N_number N_abs(N_number x) { return fabs(x); }\n"},
    {"sign", "", "static N_INLINE N_number N_sign(N_number x) { return x > (N_number)0 ? (N_number)1 : (x < (N_number)0 ? (N_number)-1 : x); }\n", ""},
    {"sqrt", "", "static N_INLINE N_number N_sqrt(N_number x) { return sqrtf(x); }\n", "static N_INLINE N_number N_sqrt(N_number x) { return sqrt(x); }\n"}};
// clang-format on

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (std::size_t at; (at = text.find(from)) != text.npos; text.remove_prefix(at + from.size()))
    out.append(text.substr(0, at)).append(to);
  return out.append(text);
}

/// Writes a function behind those that it calls.
void write(std::string_view name, bool wide, std::vector<std::string_view>& done,
           std::string& out) {
  if (std::ranges::find(done, name) != done.end()) return;
  const auto piece = std::ranges::find(function_pieces, name, &Piece::name);
  if (piece == std::end(function_pieces)) return;
  for (std::string_view needs = piece->needs; !needs.empty();) {
    const std::string_view one = needs.substr(0, needs.find(' '));
    write(one, wide, done, out);
    needs.remove_prefix(std::min(one.size() + 1, needs.size()));
  }
  out += !wide || piece->wide.empty() ? piece->narrow : piece->wide;
  done.push_back(name);
}

}  // namespace

std::string c_functions(const std::set<std::string>& used, bool float32) {
  std::vector<std::string_view> done;
  std::string out;
  for (const std::string& name : used) write(name, !float32, done, out);
  return out;
}

std::string c_functions_of_preparation(const std::set<std::string>& used) {
  std::vector<std::string_view> done;
  std::string out;
  for (const std::string& name : used) write(name, true, done, out);
  for (const auto& [from, to] :
       {std::pair{"N_INLINE", "inline"}, {"N_number", "double"}, {"N_", "N_double_"}})
    out = replaced(out, from, to);
  return out;
}

}  // namespace nnrun::host
