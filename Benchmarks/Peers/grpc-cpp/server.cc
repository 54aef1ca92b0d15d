// The gRPC C++ server: the callback API, whose threads are its own (two on a machine of two cores; no option
// makes it one).
//
//   grpc-cpp-server [PORT] [--tls CERTIFICATE KEY] [--streams N]
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include "bench.grpc.pb.h"

using weft::bench::v1::Blob;
using weft::bench::v1::EchoReply;
using weft::bench::v1::EchoRequest;
using weft::bench::v1::EchoService;
using weft::bench::v1::StreamRequest;

namespace {

void Fill(const EchoRequest& request, EchoReply* reply) {
  reply->set_service(request.service());
  reply->set_environment(request.environment());
  reply->set_version(request.version() + 1);
  *reply->mutable_tags() = request.tags();
  reply->set_comment(request.comment());
  reply->set_author("bench");
}

// Makes each reply anew and writes it when the one before was taken.
class Streamer final : public grpc::ServerWriteReactor<EchoReply> {
 public:
  explicit Streamer(const StreamRequest* request) : request_(request) { Next(); }

  void OnWriteDone(bool ok) override {
    if (ok) {
      Next();
    } else {
      Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the caller is gone"));
    }
  }

  void OnDone() override { delete this; }

 private:
  void Next() {
    if (sent_++ == request_->count()) {
      Finish(grpc::Status::OK);
      return;
    }
    reply_.Clear();
    Fill(request_->echo(), &reply_);
    StartWrite(&reply_);
  }

  const StreamRequest* request_;
  EchoReply reply_;
  uint32_t sent_ = 0;
};

class Collector final : public grpc::ServerReadReactor<EchoRequest> {
 public:
  explicit Collector(EchoReply* reply) : reply_(reply) { StartRead(&request_); }

  void OnReadDone(bool ok) override {
    if (ok) {
      StartRead(&request_);
    } else {
      Fill(request_, reply_);
      Finish(grpc::Status::OK);
    }
  }

  void OnDone() override { delete this; }

 private:
  EchoRequest request_;
  EchoReply* reply_;
};

class Service final : public EchoService::CallbackService {
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoReply* reply) override {
    Fill(*request, reply);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<EchoReply>* Stream(grpc::CallbackServerContext*, const StreamRequest* request) override {
    return new Streamer(request);
  }

  grpc::ServerUnaryReactor* Copy(grpc::CallbackServerContext* context, const Blob* request, Blob* reply) override {
    reply->set_data(request->data());
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerReadReactor<EchoRequest>* Collect(grpc::CallbackServerContext*, EchoReply* reply) override {
    return new Collector(reply);
  }
};

std::string Contents(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

int main(int argc, char** argv) {
  Service service;
  grpc::ServerBuilder builder;
  auto credentials = grpc::InsecureServerCredentials();
  for (int i = 1; i < argc; i++) {
    if (std::strcmp(argv[i], "--tls") == 0 && i + 2 < argc) {
      grpc::SslServerCredentialsOptions options;
      options.pem_key_cert_pairs.push_back({Contents(argv[i + 2]), Contents(argv[i + 1])});
      credentials = grpc::SslServerCredentials(options);
    } else if (std::strcmp(argv[i], "--streams") == 0 && i + 1 < argc) {
      builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, std::atoi(argv[i + 1]));
    }
  }
  int port = 0;
  builder.AddListeningPort("127.0.0.1:" + std::string(argc > 1 ? argv[1] : "0"), credentials, &port);
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  if (!server) return 1;
  std::printf("listening on %d\n", port);
  std::fflush(stdout);
  server->Wait();
  return 0;
}
