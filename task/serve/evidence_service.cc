#include "task/serve/evidence_service.h"

#include <optional>
#include <string>

#include "base/json.h"
#include "base/strings.h"
#include "task/contract/manifest.h"
#include "task/contract/template_parameters.h"
#include "task/serve/beneath.h"
#include "task/serve/byte_range.h"
#include "task/serve/live_status.h"
#include "task/serve/publisher_access.h"

namespace ameide::task {
namespace {

constexpr uint64_t kMaxPublication = 1u << 20;

http::Response Answer(int status, std::string_view type, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", std::string(type)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Cache-Control", "no-store"}},
          .body = std::move(body)};
}

http::Response Refusal(int status, std::string_view why) {
  return Answer(status, "text/plain; charset=utf-8", StrCat(why, "\n"));
}

http::Response JsonAnswer(int status, const Json& json) {
  return Answer(status, "application/json", json.Dump());
}

http::Response Health(const ServedFolders& folders) {
  const EvidenceState state = EvidenceStateOf(folders.evidence);
  Json json;
  json.Set("evidence", ToString(state));
  return JsonAnswer(state == EvidenceState::kSealed ? 200 : 503, json);
}

http::Response Part(const OpenedFile& file, int status, const ByteRange& range) {
  Result<std::string> bytes = ReadPart(file, range.first, range.length);
  if (!bytes.ok()) return Refusal(503, bytes.error().ToString());
  http::Response response = Answer(status, "application/octet-stream", std::move(*bytes));
  response.headers.emplace_back("Accept-Ranges", "bytes");
  return response;
}

http::Response EvidenceFile(const ServedFolders& folders, const std::string& path,
                            const http::Request& request) {
  const Result<OpenedFile> file = OpenBeneath(folders.evidence, path);
  if (!file.ok()) return Refusal(404, "no such file in the evidence");
  const std::string header = http::FindHeader(request.headers, "Range").value_or("");
  const RangeAnswer wanted = ReadRange(header, file->size, kMaxAnswerBytes);
  switch (wanted.kind) {
    case RangeAnswer::Kind::kUnsatisfiable: {
      http::Response response = Refusal(416, "the file ends before that");
      response.headers.emplace_back("Content-Range", ContentRange({}, file->size));
      return response;
    }
    case RangeAnswer::Kind::kPart: {
      http::Response response = Part(*file, 206, wanted.range);
      if (response.status != 206) return response;
      response.headers.emplace_back("Content-Range", ContentRange(wanted.range, file->size));
      return response;
    }
    case RangeAnswer::Kind::kWhole:
      break;
  }
  if (file->size <= kMaxAnswerBytes) return Part(*file, 200, {0, file->size});
  return Refusal(400, StrCat("the file has ", file->size, " bytes; ask for ranges of at most ",
                             kMaxAnswerBytes));
}

http::Response PublicationOf(const ServedFolders& folders) {
  const Result<OpenedFile> file = OpenBeneath(folders.publication, kPublicationFile);
  if (!file.ok() || file->size > kMaxPublication) return Refusal(404, "nothing is published yet");
  Result<std::string> bytes = ReadPart(*file, 0, file->size);
  if (!bytes.ok()) return Refusal(503, bytes.error().ToString());
  return Answer(200, "application/json", std::move(*bytes));
}

http::Response TakeOrder(const ServedFolders& folders, const http::Request& request) {
  if (request.body.size() > kMaxOrderBytes) {
    return Refusal(413, StrCat("an order has at most ", kMaxOrderBytes, " bytes"));
  }
  // Readable by the publisher, who is another user.
  const Status stored =
      WriteFileAtomically(folders.workspace / kPublishOrderFile, request.body, 0644);
  if (!stored.ok()) return Refusal(503, stored.error().ToString());
  AdmitPublisher(folders.workspace, folders.evidence);
  return {.status = 204, .headers = {}, .body = ""};
}

http::Response Read(const ServedFolders& folders, const std::string& path,
                    const http::Request& request) {
  if (path == "/health") return Health(folders);
  if (path == "/status") {
    return JsonAnswer(200, ToJson(ReadStatus(folders.workspace, folders.evidence)));
  }
  if (path == "/publication") return PublicationOf(folders);
  const std::optional<std::string> file = EvidencePath(request.target);
  return file ? EvidenceFile(folders, *file, request) : Refusal(404, "nothing is here");
}

http::Response NotAllowed(std::string_view allowed) {
  http::Response response = Refusal(405, StrCat("only ", allowed, " works here"));
  response.headers.emplace_back("Allow", std::string(allowed));
  return response;
}

}  // namespace

http::Response AnswerRequest(const ServedFolders& folders, const http::Request& request) {
  const std::string path = http::SplitTarget(request.target).path;
  if (path == "/publish-order") {
    return request.method == "PUT" ? TakeOrder(folders, request) : NotAllowed("PUT");
  }
  if (request.method == "GET" || request.method == "HEAD") return Read(folders, path, request);
  const http::Response would_be = Read(folders, path, {.target = request.target});
  return would_be.status == 404 ? would_be : NotAllowed("GET, HEAD");
}

}  // namespace ameide::task
