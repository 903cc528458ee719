// ICU gives its symbols the suffix of its version by macros, which Swift does not see: these are their plain names.
#include <stdbool.h>
#include <stdint.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

// NFKC with case folding and without ignorable characters (UAX #31, NFKC_Casefold). ICU's own, never freed, safe on any thread; NULL
// where ICU has no data.
static inline const UNormalizer2 *qareeb_icu_nfkc_casefold(void) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2 *normalizer = unorm2_getNFKCCasefoldInstance(&error);
  return U_FAILURE(error) ? NULL : normalizer;
}

// Canonical decomposition, under the same promises.
static inline const UNormalizer2 *qareeb_icu_nfd(void) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2 *normalizer = unorm2_getNFDInstance(&error);
  return U_FAILURE(error) ? NULL : normalizer;
}

// Writes the normalised text and returns its length; -1 where it does not fit.
static inline int32_t qareeb_icu_normalize(
    const UNormalizer2 *normalizer, const uint16_t *text, int32_t count, uint16_t *room, int32_t capacity) {
  UErrorCode error = U_ZERO_ERROR;
  int32_t length = unorm2_normalize(normalizer, (const UChar *)text, count, (UChar *)room, capacity, &error);
  return U_FAILURE(error) ? -1 : length;
}

// Writes the decomposition of a character and returns its length; -1 where it has none (or it does not fit).
static inline int32_t qareeb_icu_decompose(const UNormalizer2 *normalizer, uint32_t character, uint16_t *room, int32_t capacity) {
  UErrorCode error = U_ZERO_ERROR;
  int32_t length = unorm2_getDecomposition(normalizer, (UChar32)character, (UChar *)room, capacity, &error);
  return U_FAILURE(error) ? -1 : length;
}

// Whether what comes before a character never changes with it.
static inline bool qareeb_icu_has_boundary_before(const UNormalizer2 *normalizer, uint32_t character) {
  return unorm2_hasBoundaryBefore(normalizer, (UChar32)character);
}

// General category, as a UCharCategory.
static inline int8_t qareeb_icu_category(uint32_t character) { return u_charType((UChar32)character); }

// 0 to 9 for a decimal digit of any script, else -1.
static inline int32_t qareeb_icu_digit(uint32_t character) { return u_charDigitValue((UChar32)character); }

// Script, as a UScriptCode; 0 (common) where ICU knows none.
static inline int32_t qareeb_icu_script(uint32_t character) {
  UErrorCode error = U_ZERO_ERROR;
  UScriptCode script = uscript_getScript((UChar32)character, &error);
  return U_FAILURE(error) ? 0 : (int32_t)script;
}
