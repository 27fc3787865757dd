// Whatever a string says is escaped; what shall be evaluated is a node of its own.
#include <cstdio>

#include "generator/hcl/body.h"

int main() {
  using namespace ameide::hcl;
  Body locals;
  locals.Attribute("said", String("Hello ${world}"));
  locals.Attribute("home", Template({String("/home/"), Ref("var.user")}));
  std::fputs(Print(Body().Block("locals", locals)).c_str(), stdout);
}
