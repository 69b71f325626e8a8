// The report of a single run.
#pragma once
#include "report/report.hpp"
#include "runs/run_folder.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {

Report report_of(const RunResult& result, const std::vector<std::string>& command_line,
                 const Experiment& experiment, Trainer& trainer);
/// Writes its page into the folder of the run. Throws RecordError.
void write_page(const RunFolder& folder, const RunResult& result,
                const std::vector<std::string>& command_line, const Experiment& experiment,
                Trainer& trainer);

}  // namespace nnrun::host
