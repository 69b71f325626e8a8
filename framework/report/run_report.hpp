// The report of a single run.
#pragma once
#include "records/run_record.hpp"
#include "report/report.hpp"
namespace nnrun::host {

Report report_of(const RunResult& result, const std::vector<std::string>& command_line,
                 const Experiment& experiment, Trainer& trainer);

}  // namespace nnrun::host
