/* What the words of a plan may be. */
#include "shapes.h"

#include <stdlib.h>
#include <string.h>

bool is_number(const char *text, uint64_t most) {
  uint64_t value = 0;
  if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0')) return false;
  for (; *text; text++) {
    if (*text < '0' || *text > '9') return false;
    uint64_t digit = (uint64_t)(*text - '0');
    if (value > (UINT64_MAX - digit) / 10) return false;
    value = value * 10 + digit;
  }
  return value <= most;
}

bool is_hex(const char *text) { return text[strspn(text, "0123456789abcdef")] == '\0'; }

bool is_filter(const char *text) {
  size_t length = strlen(text);
  return is_hex(text) && length % 16 == 0 && length / 16 <= MOST_INSTRUCTIONS;
}

static unsigned int digit(char one) { return (unsigned int)(one <= '9' ? one - '0' : one - 'a' + 10); }

size_t read_filter(const char *text, void *instructions) {
  unsigned char *at = instructions;
  size_t count = 0;
  for (; text[2 * count]; count++) at[count] = (unsigned char)(digit(text[2 * count]) << 4 | digit(text[2 * count + 1]));
  return count / 8;
}

/* "." or "./x": one component, which leads nowhere else. */
static bool is_name(const char *text) {
  if (text[0] != '.') return false;
  if (text[1] == '\0') return true;
  const char *component = text + 2;
  return text[1] == '/' && *component && !strchr(component, '/') && strcmp(component, ".") != 0 &&
         strcmp(component, "..") != 0;
}

static bool is_groups(const char *text) {
  if (text[0] == '\0' || strcmp(text, "-") == 0) return true;
  if (text[strspn(text, "0123456789,")] != '\0' || text[0] == ',') return false;
  for (const char *comma = text; (comma = strchr(comma, ',')); comma++)
    if (comma[1] == ',' || comma[1] == '\0') return false;
  return true;
}

static bool fits(char shape, const char *text) {
  bool is_left_out = strcmp(text, "-") == 0;
  switch (shape) {
  case 'w':
    return true;
  case 'p':
    return text[0] == '/';
  case 'n':
    return is_name(text);
  case 't':
    return text[0] && strchr("cbup", text[0]) && text[1] == '\0';
  case 'd':
    return is_number(text, UINT64_MAX);
  case 'i':
    return is_number(text, UINT32_MAX);
  case 'I':
    return is_left_out || is_number(text, UINT32_MAX - 1);
  case 'M':
    return is_left_out || (text[0] && strlen(text) <= 16 && is_hex(text));
  case 's':
    return is_number(text, 39);
  case 'm':
    return text[strspn(text, "0123456789 \n")] == '\0';
  case 'F':
    return is_filter(text);
  case 'g':
    return is_groups(text);
  case 'b':
    return strcmp(text, "0") == 0 || strcmp(text, "1") == 0;
  default:
    return false;
  }
}

bool has_shape(const char *shape, struct words words) {
  const char *more = strchr(shape, ':');
  size_t fixed = more ? (size_t)(more - shape) : strlen(shape);
  if (words.count < fixed || (!more && words.count > fixed)) return false;
  for (size_t i = 0; i < fixed; i++)
    if (!fits(shape[i], words.at[i])) return false;
  if (!more) return true;
  const char *group = more + 1, *letter = group;
  for (size_t i = fixed; i < words.count; i++) {
    if (!fits(*letter, words.at[i])) return false;
    if (*++letter == '\0') letter = group;
  }
  return letter == group;
}

uint64_t number_of(const char *text) { return strtoull(text, NULL, 10); }

uint64_t mask_of(const char *text) { return strtoull(text, NULL, 16); }
