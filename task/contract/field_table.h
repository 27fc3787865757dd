// One line per key: how the tables of fields are written down.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "task/contract/fields.h"

namespace ameide::task {

inline Field Plain(Shape shape, std::string_view path, std::string_view example,
                   std::string_view description) {
  Field field;
  field.path = std::string(path);
  field.shape = shape;
  field.description = description;
  field.example = example;
  return field;
}

inline Field Group(std::string_view path, std::string_view description) {
  return Plain(Shape::kObject, path, {}, description);
}

inline Field Groups(std::string_view path, std::string_view description) {
  return Plain(Shape::kObjects, path, {}, description);
}

inline Field Flag(std::string_view path, std::string_view example, std::string_view description) {
  return Plain(Shape::kBool, path, example, description);
}

inline Field Labels(std::string_view path, std::string_view example, std::string_view description) {
  return Plain(Shape::kLabels, path, example, description);
}

inline Field Text(std::string_view path, const TextKind& kind, std::string_view example,
                  std::string_view description) {
  Field field = Plain(Shape::kText, path, example, description);
  field.kind = &kind;
  return field;
}

inline Field Texts(std::string_view path, const TextKind& kind, std::string_view example,
                   std::string_view description) {
  Field field = Text(path, kind, example, description);
  field.shape = Shape::kTexts;
  return field;
}

inline Field Word(std::string_view path, std::vector<std::string_view> words,
                  std::string_view example, std::string_view description) {
  Field field = Plain(Shape::kText, path, example, description);
  field.words = std::move(words);
  return field;
}

// At least one.
inline Field Words(std::string_view path, std::vector<std::string_view> words,
                   std::string_view example, std::string_view description) {
  Field field = Word(path, std::move(words), example, description);
  field.shape = Shape::kTexts;
  field.min = 1;
  return field;
}

inline Field Limited(Field field, int64_t min, int64_t max) {
  field.min = min;
  field.max = max;
  return field;
}

inline Field Count(std::string_view path, int64_t min, int64_t max, std::string_view example,
                   std::string_view description) {
  return Limited(Plain(Shape::kInteger, path, example, description), min, max);
}

// `min` in milliseconds; 1 is anything above zero.
inline Field Time(std::string_view path, int64_t min, std::string_view example,
                  std::string_view description) {
  return Limited(Plain(Shape::kDuration, path, example, description), min, 0);
}

// `fallback` is what holds without the key; empty when that is nothing at all.
inline Field Optional(Field field, std::string_view fallback = {}) {
  field.required = false;
  field.fallback = fallback;
  return field;
}

}  // namespace ameide::task
