#include "acceptance/coder_simulator/answers.h"

#include "base/strings.h"

namespace ameide::simulator {

http::Reply Answer(int status, const Json& body) {
  return {.response = {.status = status,
                       .headers = {{"Content-Type", "application/json; charset=utf-8"}},
                       .body = body.Dump() + "\n"},
          .web_socket = {}};
}

http::Reply Empty(int status) {
  return {.response = {.status = status, .headers = {}, .body = ""}, .web_socket = {}};
}

http::Reply Problem(int status, std::string_view message, std::string_view detail,
                    const std::vector<Validation>& validations) {
  Json body = Json::Object{{"message", message}};
  if (!detail.empty()) body.Set("detail", detail);
  if (!validations.empty()) {
    Json::Array items;
    for (const Validation& each : validations) {
      items.emplace_back(Json::Object{{"field", each.field}, {"detail", each.detail}});
    }
    body.Set("validations", std::move(items));
  }
  return Answer(status, body);
}

http::Reply NotFound() {
  return Problem(404, "Resource not found or you do not have access to this resource");
}

http::Reply Page(int status, std::string_view title, std::string_view text) {
  return {.response = {.status = status,
                       .headers = {{"Content-Type", "text/html; charset=utf-8"}},
                       .body = StrCat("<!doctype html>\n<html><head><title>", status, " - ", title,
                                      "</title></head><body><h1>", title, "</h1><p>", text,
                                      "</p></body></html>\n")},
          .web_socket = {}};
}

}  // namespace ameide::simulator
