// A class whose settings are a formula as a text, and numbers that the formula names: a config
// writes {formula: "x * sigmoid(beta * x)", beta: 1.5}. What it offers as "nnrun.formula_text/1".
#pragma once
#include <cstddef>
#include <cstdint>

#define NNRUN_FORMULA_TEXT "nnrun.formula_text/1"

extern "C" {
/// What is wrong with a formula. All texts may be NULL but `what`; they live during the call.
typedef struct nnrun_formula_fault {
  uint32_t size;
  size_t at, length;   // bytes of the text, from 0; length 0: not of the text
  const char* number;  // the name of the number that it is about, or NULL
  const char *what, *hint;
  const char* word;          // one that is not known, and
  const char* const* known;  // those that are, to guess what was meant
  uint32_t n_known;
} nnrun_formula_fault;

typedef struct nnrun_formula_text {
  uint32_t size;
  const char* text;     // the setting that holds the formula, NNRUN_STRING
  const char* numbers;  // the setting that takes numbers by name, NNRUN_STRINGS: "beta=1.5"
  /// [several at once; any phase] Returns 0 if an object would take these, else calls `tell` once.
  int (*check)(const char* text, const char* const* numbers, uint32_t n, void* host,
               void (*tell)(void* host, const nnrun_formula_fault*));
} nnrun_formula_text;
}
