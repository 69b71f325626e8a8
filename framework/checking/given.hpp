// Settings that the command line gives to the classes on trial: --set NAME.SETTING=VALUE, or
// KIND.NAME.SETTING where classes of several kinds have one name.
#pragma once
#include "checking/law.hpp"
#include "config/compose.hpp"
namespace nnrun::host {

/// {NAME: {SETTING: VALUE}} or {KIND: {NAME: {SETTING: VALUE}}}, as written.
using GivenSettings = ConfigNode;

/// Reads what is given for this class into its settings, as a config would be read. registry:
/// contains its library; several kinds may have a class of this name, but a setting without a kind
/// must be that of one of them.
void give(Subject& subject, const GivenSettings& given, const Registry& registry,
          Problems& problems);

}  // namespace nnrun::host
