// The spellings in which a secret value can turn up in output. Pure; private to task/evidence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ameide::task {

struct SecretForms {
  std::vector<std::string> plain;   // itself, percent-encoded, as the inside of a JSON string
  std::vector<std::string> base64;  // standard and URL-safe alphabet, for all three alignments
};

// `value` without white space at its ends, which files have and uses of them do not. Of a value
// with several lines (a PEM key), each long word counts, too: a diff puts a "+" before each line.
//
// The base64 forms are the characters that the value alone decides; up to two more at each end,
// which its neighbours decide as well, stay and give away at most four bits of a byte.
SecretForms FormsOf(std::string_view value);

}  // namespace ameide::task
