#include <array>
#include <cmath>
#include <nnrun/class_names.hpp>
#include <nnrun/csv_column.hpp>
#include <nnrun/gzip_input.hpp>
#include <nnrun/packed_rows.hpp>
#include <nnrun/plugin.hpp>
#include <nnrun/rows_in_time.hpp>
#include <numeric>
#include <optional>

#include "csv_judging.hpp"
#include "series_of_rows.hpp"
#include "stored_table.hpp"

/// Numbers and texts from text files with a row of column names, plain or .gz: a training file, and
/// a validation and a test file if they are given. All files must have the columns of the first, in
/// any order. An input column of texts is a category, whose numbers are the indices of its texts. A
/// target column of texts is a class: one target number per class, 1 for the right one. A file may
/// also be what `nnrun convert` makes of one, a table that is read from the file again and again.
struct Csv : nnrun::Dataset {
  static constexpr auto name = "csv",
                        doc =
                            "a text file with a row of names, then a row per example; or what "
                            "nnrun convert makes of it";
  const char *path = "", *validation = "", *test = "", *separator = "auto", *decimal = ".",
             *thousands = "none", *encoding = "utf-8", *comment = "";
  bool header = true;
  static constexpr bool files_apart = true, is_table = true;
  std::span<const char*const> inputs, targets, classes, symbols, gaps = nnrun::usual_gaps;
  static constexpr const char* separators[] = {"auto", ",", ";", "tab", "|", "space"};
  static constexpr const char *decimals[] = {".", ","},
                              *groups[] = {"none", ",", ".", "'", "space"};
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Csv::path, "path", "file to train on", {.required = true, .path = true}),
        nnrun::param(&Csv::validation, "validation", "file to validate on", {.path = true}),
        nnrun::param(&Csv::test, "test", "file to test on", {.path = true}),
        nnrun::param(&Csv::inputs, "inputs", "names of the input columns; without: all the others"),
        nnrun::param(&Csv::targets, "targets", "names of the target columns; without: the last"),
        nnrun::param(&Csv::classes, "classes",
                     "what the target column may hold; without: its texts, sorted",
                     {.classes = true}),
        nnrun::param(&Csv::separator, "separator",
                     "what stands between two fields; auto: what the first row has most of; space: "
                     "blanks, however many",
                     {.choices = separators, .separator = true}),
        nnrun::param(&Csv::header, "header",
                     "the first row names the columns; false: they are x1, x2, …",
                     {.header = true}),
        nnrun::param(&Csv::decimal, "decimal", "what stands before the fraction of a number",
                     {.choices = decimals, .decimal = true}),
        nnrun::param(&Csv::thousands, "thousands", "what stands between the thousands of a number",
                     {.choices = groups, .thousands = true}),
        nnrun::param(&Csv::symbols, "symbols",
                     "what may stand before or behind a number and is left out, such as $ or %",
                     {.symbols = true}),
        nnrun::param(&Csv::encoding, "encoding",
                     "how letters are written; byte order marks are understood",
                     {.choices = nnrun::TextFile::encodings, .encoding = true}),
        nnrun::param(&Csv::comment, "comment",
                     "lines that start with it are left out; below the first row, one with as many "
                     "fields as that is a row",
                     {.comment = true}),
        nnrun::param(&Csv::gaps, "gaps",
                     "fields that mean that a value is missing, besides empty ones",
                     {.gaps = true}));
  }

  void open(nnrun_data& data) {
    const nnrun::KnownColumns known(data);
    if (nnrun::thousands_named(thousands) == *decimal)
      throw nnrun::Error("'thousands' and 'decimal' cannot both be '" + std::string(decimal) + "'",
                         "", "write decimal: \",\" and thousands: \".\", or the other way round");
    names_.set({classes.begin(), classes.end()});
    in_time_ = nnrun::KnownColumns::has(data, &data.in_time) && data.in_time != 0;
    series_.resize(NNRUN_PARTS);
    const char* files[NNRUN_PARTS] = {path, validation, test};
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
      if (!*files[part]) continue;
      read_file(files[part], part, known);
      data.examples[part] = count(part);
    }
    if (columns_.empty()) throw nnrun::Error("no file is given");
    for (const nnrun::CsvColumn& column : columns_) column_names_.push_back(column.name().c_str());
    data.input = {1, {n_inputs_}};
    data.target = {1, {is_class() ? names_.size() : columns_.size() - n_inputs_}};
    data.input_names = column_names_.data();
    data.target_names = is_class() ? nullptr : column_names_.data() + n_inputs_;
    data.classes = is_class() ? names_.pointers() : nullptr;
    if (nnrun::KnownColumns::has(data, &data.divide_by)) tell(data);
    if (nnrun::KnownColumns::has(data, &data.reads_again)) tell_if_it_reads_again(data);
  }
  void read(const nnrun::Stream&, nnrun::Part part, std::size_t from, std::size_t n, double* x,
            double* t) {
    const auto p = static_cast<std::size_t>(part);
    rows_.resize(n * columns_.size());
    const SeriesOfRows& series = series_[p];
    if (!tables_[p].empty()) {
      tables_[p].front().read(columns_, series.order(), from, n, rows_.data());
    } else if (series.order().empty()) {
      parts_[p].forget_before(from);
      parts_[p].read(from, n, rows_.data());
    } else {  // of mixed series every row stays: some other one may come before it
      for (std::size_t i = 0; i < n; ++i)
        parts_[p].read(series.order()[from + i], 1, rows_.data() + i * columns_.size());
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double* const row = rows_.data() + i * columns_.size();
      x = std::copy(row, row + n_inputs_, x);
      t = is_class() ? names_.one_hot(static_cast<std::size_t>(row[n_inputs_]), t)
                     : std::copy(row + n_inputs_, row + columns_.size(), t);
    }
  }
  const char* place(nnrun::Part part, std::size_t example) {
    const std::vector<std::uint32_t>& order = series_[static_cast<std::size_t>(part)].order();
    place_ = place_of_row(static_cast<std::size_t>(part), order.empty() ? example : order[example]);
    return place_->c_str();
  }

 private:
  /// Returns where a row stands that is an example. Reads the file again up to there.
  std::string place_of_row(std::size_t part, std::size_t example) {
    const char* const files[NNRUN_PARTS] = {path, validation, test};
    const char* const file = files[part];
    if (std::vector<StoredTable>& table = tables_[part]; !table.empty()) {
      table.front().rows.go_to(table.front().row(example));
      return table.front().rows.place();
    }
    nnrun::GzipInput in(file);
    nnrun::CsvReader rows(in, file, format());
    std::vector<std::size_t> at;
    for (const nnrun::CsvColumn& column : columns_) at.push_back(rows.column(column.name()));
    std::vector<double> row(columns_.size());
    while (next(rows))
      if (read_row(rows, at, row.data()) == Row::taken && example-- == 0) break;
    return rows.place();
  }

  static constexpr std::size_t most_numbers = std::size_t{1} << 29;

  bool is_class() const { return columns_.back().is_category(); }
  nnrun::CsvFormat format() const {
    return {.separator = nnrun::separator_named(separator),
            .header = header,
            .numbers = {.decimal = *decimal,
                        .thousands = nnrun::thousands_named(thousands),
                        .symbols = {symbols.begin(), symbols.end()}},
            .encoding = encoding,
            .comment = comment};
  }

  std::size_t count(std::size_t part) const {
    return tables_[part].empty() ? parts_[part].count() : tables_[part].front().count();
  }

  /// Reads what must be known of all rows: texts, and which rows are left out.
  void look_at_table(const char* file, std::size_t part, const nnrun::KnownColumns& known) {
    StoredTable& table = tables_[part].emplace_back(NpyTable(file, format().numbers));
    NpyTable& rows = table.rows;
    const bool first = columns_.empty();
    if (first) choose_columns(rows, file, known);
    for (const nnrun::CsvColumn& column : columns_) table.at.push_back(rows.column(column.name()));
    require_numbers_as_written(table);
    std::vector<std::size_t> watched(columns_.size());
    std::iota(watched.begin(), watched.end(), std::size_t{0});
    const bool drops = std::ranges::any_of(columns_, &nnrun::CsvColumn::drops_gaps);
    const bool one_target = columns_.size() - n_inputs_ == 1;
    const bool watches_all = drops || skips_rows_;
    SeriesOfRows& series = series_[part];
    const std::size_t series_at = known.series().empty() ? 0 : rows.column(known.series());
    std::optional<nnrun::RowsInTime> in_time = rows_in_time(rows, known.series());
    FewNumbers few;
    std::vector<double> row(columns_.size());
    bool may_be_classes = first && one_target;
    while ((!watched.empty() || !known.series().empty() || in_time) && rows.next()) {
      bool dropped = false, left_out = false;
      const bool is_first_row = rows.row() == 0;
      try {
        std::erase_if(watched, [&](std::size_t c) {
          const double x = row[c] = columns_[c].read(rows, table.at[c]);
          dropped = dropped || (columns_[c].drops_gaps() && std::isnan(x));
          if (c == n_inputs_ && may_be_classes && !std::isnan(x)) may_be_classes = few.take(x);
          const bool is_target = c == n_inputs_ && may_be_classes;
          // of a column of numbers the first one says all, unless gaps decide about rows
          return !rows.is_text(table.at[c]) && !std::isnan(x) && !watches_all && !is_target &&
                 !columns_[c].is_category();
        });
      } catch (const nnrun::Error& e) {
        skip(e);
        left_out = true;
      }
      if (is_first_row) require_one_class_column(rows);
      if (dropped || left_out) {
        if (!left_out && is_dropped(rows, table.at, row.data())) ++n_dropped_[part];
        table.leave_out();
      } else {
        table.take();
      }
      if (!known.series().empty() && !dropped && !left_out)
        series.add(rows.text(series_at), known.series(), rows.place());
      if (in_time && !dropped && !left_out) in_time->add(rows);
    }
    series.finish();
    if (in_time) doubt_order(*in_time, part);
    if (table.count() == 0 && n_skipped_ > 0)
      throw nnrun::Error("no row can be read: " + *skipped_, file);
    if (table.count() == 0) refuse_empty(file, part);
    if (!first) return;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      nnrun::CsvColumn& column = columns_[c];
      if (!column.is_category() || !column.is_open()) continue;
      if (c < n_inputs_)
        require_category(column, table.count(), rows);
      else
        require_classes(column, table.count(), rows);
      column.sort_texts();
      if (c >= n_inputs_) names_.set(column.texts());
    }
    if (!is_class() && one_target && may_be_classes) as_classes_ = few.text();
  }
  /// Throws Error where a setting is about how numbers are written, but the table has them as
  /// numbers.
  void require_numbers_as_written(const StoredTable& table) const {
    for (std::size_t c = 0; c < columns_.size(); ++c)
      if (!table.rows.is_text(table.at[c]) && columns_[c].has_own_decimal())
        throw nnrun::Error("column '" + columns_[c].name() +
                               "' has a 'decimal' of its own, but its texts are numbers here "
                               "already, read without it",
                           table.rows.file(),
                           "convert the table again with --category " + columns_[c].name() +
                               ", which keeps them as they are");
  }
  void tell_if_it_reads_again(nnrun_data& data) {
    std::string text;  // a file that is one
    const char* const files[NNRUN_PARTS] = {path, validation, test};
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
      if (*files[part] && tables_[part].empty() && text.empty()) text = files[part];
    data.reads_again = text.empty();
    if (text.empty()) return;
    too_large_ = hint_to_convert(text);
    data.too_large = too_large_->c_str();
  }
  static std::string hint_to_convert(const std::string& file) {
    const std::filesystem::path name = std::filesystem::path(file).filename();
    std::filesystem::path converted = name;
    if (converted.extension() == ".gz") converted.replace_extension();
    converted.replace_extension(".npy");
    return "convert it once, then write " + converted.string() + " for " + name.string() +
           ": rows are read from that file as they are needed\nnnrun convert " + name.string() +
           " " + converted.string();
  }

  void read_file(const char* file, std::size_t part, const nnrun::KnownColumns& known) {
    skips_rows_ = known.skips_rows();
    if (NpyTable::is_one(file)) return look_at_table(file, part, known);
    nnrun::GzipInput in(file);
    nnrun::CsvReader rows(in, file, format());
    if (header && rows.names_are_numbers())
      throw nnrun::Error("the first row has numbers, not names of columns", rows.place(),
                         "write a row of names in front, or header: false");
    const bool first = columns_.empty();
    if (first) choose_columns(rows, file, known);
    try {
      read_rows(rows, part, known.series());
    } catch (const std::bad_alloc&) {
      throw nnrun::Error("does not fit into memory", rows.place(), hint_to_convert(file));
    }
    if (n_inputs_ == 0 && rows.has_blanks_between_names())
      throw nnrun::Error("the first row names one column: '" + rows.names()[0] + "'",
                         rows.place_of_names(), rows.hint_for_blanks());
    if (parts_[part].empty() && n_skipped_ > 0)
      throw nnrun::Error("no row can be read: " + *skipped_, file);
    if (parts_[part].empty()) refuse_empty(file, part);
    if (first) finish_columns(rows, parts_[part]);
    if (first && header && inputs.empty() && targets.empty()) doubt_names();
  }
  [[noreturn]] void refuse_empty(const char* file, std::size_t part) const {
    const std::size_t dropped = n_dropped_[part];
    if (dropped == 0) throw nnrun::Error("has column names, but no examples", file);
    throw nnrun::Error(
        (dropped == 1 ? "its row is" : "all of its " + std::to_string(dropped) + " rows are") +
            std::string(" left out for missing values"),
        file, "fill them in: missing: median in place of drop, say");
  }
  /// Notes if what the first row has for names of columns may be an example: texts that the columns
  /// hold, and numbers above numbers.
  void doubt_names() {
    std::size_t as_below = 0;
    const std::string* text = nullptr;
    for (const nnrun::CsvColumn& column : columns_) {
      double x = 0;
      const bool is_text = std::ranges::count(column.texts(), column.name()) > 0;
      if (column.is_category() ? is_text : nnrun::is_number(column.name(), x))
        ++as_below;
      else if (!column.is_category())
        return;  // a text above numbers is a name
      if (is_text) text = &column.name();
    }
    if (text != nullptr && as_below * 2 > columns_.size())
      doubt_of_names_ = "the first row is taken for names, though '" + *text +
                        "' is also below it: if it is an example, write header: false";
  }

  /// Goes to the next row that has as many fields as there are names, or throws.
  bool next(nnrun::CsvReader& rows) {
    for (;;) try {
        return rows.next();
      } catch (const nnrun::CsvRowError& e) {
        skip(e);
      }
  }
  /// Throws the Error again unless rows that cannot be read are left out.
  void skip(const nnrun::Error& e) {
    if (!skips_rows_) throw;
    constexpr std::size_t most_places = 10;
    if (++n_skipped_ == 1)
      skipped_ = std::string(e.where()) + " (" + e.what() + ")";
    else if (n_skipped_ <= most_places)
      *skipped_ += ", " + std::string(e.where());
    else if (n_skipped_ == most_places + 1)
      *skipped_ += ", …";
  }
  enum class Row { taken, dropped, skipped };
  /// Reads the present row.
  Row read_row(const nnrun::CsvReader& rows, const std::vector<std::size_t>& at, double* row) try {
    bool has_gap = false;
    for (std::size_t i = 0; i < at.size(); ++i) {
      nnrun::CsvColumn& column = columns_[i];
      if (column.read_short(rows, at[i], row[i])) [[likely]]
        continue;
      row[i] = column.read(rows, at[i]);
      has_gap = has_gap || (column.drops_gaps() && std::isnan(row[i]));
    }
    return has_gap && is_dropped(rows, at, row) ? Row::dropped : Row::taken;
  } catch (const nnrun::Error& e) {
    skip(e);
    return Row::skipped;
  }

  /// series: the column that says to which series a row belongs, if any.
  void read_rows(nnrun::CsvReader& rows, std::size_t part, const std::string& series) {
    nnrun::PackedRows& store = parts_[part];
    SeriesOfRows& series_of_rows = series_[part];
    std::vector<std::size_t> at, nameless;
    store.set_width(columns_.size());
    for (const nnrun::CsvColumn& column : columns_) at.push_back(rows.column(column.name()));
    if (takes_the_rest_)
      for (std::size_t i = 0; i < rows.names().size(); ++i)
        if (rows.names()[i].empty() && !(i == 0 && rows.has_row_names())) nameless.push_back(i);
    const std::size_t series_at = series.empty() ? 0 : rows.column(series);
    std::optional<nnrun::RowsInTime> in_time = rows_in_time(rows, series);
    while (next(rows)) {
      if ((store.count() + 1) * at.size() > most_numbers)
        throw nnrun::Error("holds more than " + std::to_string(most_numbers) + " numbers, 4 GiB",
                           rows.place(), hint_to_convert(rows.file()));
      double* const row = store.add();
      const Row how = read_row(rows, at, row);
      for (const std::size_t i : nameless)
        if (!rows.field(i).empty()) refuse_nameless(rows);
      if (how != Row::taken) {
        store.remove_last();
        if (how == Row::dropped) ++n_dropped_[part];
        continue;
      }
      if (!series.empty()) series_of_rows.add(rows.text(series_at), series, rows.place());
      if (in_time) in_time->add(rows);
      if (store.count() == 1) require_one_class_column(rows);
      if (store.count() == 100)  // by now a column has shown what it is: numbers are most of them
        std::erase_if(blocks_,
                      [this](const Blocks& one) { return !columns_[one.column].is_category(); });
      count_blocks(row);
    }
    series_of_rows.finish();
    if (in_time) doubt_order(*in_time, part);
    if (std::string words = rows.words_on_lines(); !words.empty())
      comments_ = (comments_ ? *comments_ + ", " : "") + words;
  }
  std::optional<nnrun::RowsInTime> rows_in_time(const auto& rows, const std::string& series) const {
    if (!in_time_) return {};
    std::vector<std::string> target_names;
    for (std::size_t i = n_inputs_; i < columns_.size(); ++i)
      target_names.push_back(columns_[i].name());
    return nnrun::RowsInTime(rows.names(), series, target_names);
  }
  /// Notes what speaks against rows in the order of time. No file is read yet to say where.
  void doubt_order(nnrun::RowsInTime& in_time, std::size_t part) {
    if (const std::string series = in_time.finish(); !series.empty()) found_series_ = series;
    for (const nnrun::RowsInTime::Doubt& doubt : in_time.doubts())
      doubts_of_order_.emplace_back(part, doubt);
  }
  void doubt(std::string what, std::string where, std::string hint) {
    doubts_.push_back({std::move(what), std::move(where), std::move(hint)});
  }
  void tell_doubts(nnrun_data& data) {
    for (const nnrun::CsvColumn& column : columns_) {
      if (column.units().size() < 2) continue;
      const auto& first = column.units()[0];
      const auto& other = column.units()[1];
      const auto& without = first.text.empty() ? first : other;
      const auto& with = first.text.empty() ? other : first;
      const std::string at = with.place.empty() ? "" : " (" + with.place + ")";
      doubt("column '" + column.name() + "' has numbers with '" + with.text + "'" + at +
                " and without",
            without.place, "if the others are not in that unit, write all of them in one");
    }
    // if a column lies in blocks, the host says that of it
    if (found_series_ && blocks_.empty())
      doubt("'" + *found_series_ +
                "' seems to name several series, each with its rows in order: windows reach from "
                "the rows of one into those of the others",
            "", "write group: " + nnrun::written_name(*found_series_) + " in windows");
    for (const auto& [part, order] : doubts_of_order_)
      doubt(order.what + (order.count == 1 ? ""
                                           : ", here and " + std::to_string(order.count - 1) +
                                                 (order.count == 2 ? " more time" : " more times")),
            place_of_row(part, order.row), order.hint);
    for (const Doubt& one : doubts_)
      told_doubts_.push_back(
          {sizeof(nnrun_doubt), one.what.c_str(), one.where.c_str(), one.hint.c_str()});
    data.n_doubts = std::uint32_t(told_doubts_.size());
    data.doubts = told_doubts_.data();
  }
  /// Counts how often the text of a column differs from that of the row before.
  void count_blocks(const double* row) {
    for (Blocks& blocks : blocks_)
      if (row[blocks.column] != blocks.last) {
        blocks.last = row[blocks.column];
        ++blocks.count;
      }
  }
  [[noreturn]] void refuse_nameless(const nnrun::CsvReader& rows) const {
    throw nnrun::Error("a column has no name, so it may be no input but the number of the row",
                       rows.place_of_names(), "name it, or name the input columns in 'inputs'");
  }
  void require_one_class_column(const auto& rows) const {
    if (columns_.size() - n_inputs_ > 1 &&
        std::any_of(columns_.begin() + static_cast<std::ptrdiff_t>(n_inputs_), columns_.end(),
                    [](const nnrun::CsvColumn& column) { return column.is_category(); }))
      throw nnrun::Error("a target of classes must be the only target, here are " +
                             std::to_string(columns_.size() - n_inputs_),
                         rows.place(),
                         "name one column in 'targets'; for several, each a yes or no, write 1 and "
                         "0 in their columns");
  }

  /// Chooses the columns: inputs first, then targets.
  void choose_columns(const auto& rows, const char* file, const nnrun::KnownColumns& known) {
    const std::vector<std::string> last = wanted_targets(rows, known);
    std::vector<std::string> chosen = wanted_inputs(rows, last, known);
    const std::string weight = known.weight();
    if (!weight.empty() &&
        std::ranges::count(chosen, weight) + std::ranges::count(last, weight) > 0)
      throw nnrun::Error("column '" + weight + "' is what an example counts, so it is neither an " +
                             "input nor a target",
                         file, "leave it out of 'inputs' and 'targets', or remove 'weights'");
    // a file that a trained network is measured on need not have it
    if (!weight.empty() && (!known.is_trained() || std::ranges::count(rows.names(), weight) > 0))
      chosen.push_back(weight);
    n_inputs_ = chosen.size();
    chosen.insert(chosen.end(), last.begin(), last.end());
    std::vector<std::string> sorted = chosen;
    std::ranges::sort(sorted);
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
      throw nnrun::Error("column '" + *twice + "' is chosen twice", file,
                         in_time_ ? "leave it out of 'inputs': a target's earlier values are "
                                    "inputs by themselves, unless horizon is 0"
                                  : "name it once, in 'inputs' or in 'targets'");
    if (!known.is_trained())
      for (std::size_t i = 0; i < n_inputs_; ++i) blocks_.push_back({.column = i});
    for (const std::string& column : chosen)
      columns_.emplace_back(column, columns_.size() >= n_inputs_, known.find(column), gaps,
                            known.is_trained());
    for (const std::string& unit : known.units())
      for (nnrun::CsvColumn& column : columns_) column.know_foreign_unit(unit);
    gaps_found_.resize(columns_.size());
    for (std::size_t i = n_inputs_; i < columns_.size() && columns_.size() - n_inputs_ > 1; ++i)
      columns_[i].take_words();
    if (!names_.empty()) {
      std::vector<std::string> texts;
      for (std::size_t i = 0; i < names_.size(); ++i) texts.push_back(names_[i]);
      columns_.back().set_texts(texts);
    }
    known.require_all(rows.names(), file);
  }
  std::vector<std::string> wanted_inputs(const auto& rows,
                                         const std::vector<std::string>& targets_there,
                                         const nnrun::KnownColumns& known) {
    std::vector<std::string> wanted = known.trained(false);
    if (wanted.empty()) wanted.assign(inputs.begin(), inputs.end());
    takes_the_rest_ = wanted.empty() && known.trained(true).empty();
    if (takes_the_rest_)
      for (const std::string& column : rows.names()) {
        const nnrun_column* const said = known.find(column);
        const bool unused = said != nullptr && said->kind == NNRUN_COLUMN_UNUSED;
        if (column.empty() || unused || column == known.weight() ||
            (said == nullptr && column == known.series()) ||
            std::ranges::count(targets_there, column))
          continue;
        rows.column(column);  // throws if there are two of this name
        wanted.push_back(column);
      }
    return wanted;
  }
  std::vector<std::string> wanted_targets(const auto& rows,
                                          const nnrun::KnownColumns& known) const {
    std::vector<std::string> wanted = known.trained(true);
    if (wanted.empty()) wanted.assign(targets.begin(), targets.end());
    for (auto last = rows.names().rbegin(); wanted.empty() && last != rows.names().rend(); ++last)
      if (!last->empty() && *last != known.weight()) wanted.push_back(*last);
    return wanted;
  }

  /// Takes the texts of the first file as all that there are, in the order of the alphabet.
  void finish_columns(const nnrun::CsvReader& rows, nnrun::PackedRows& store) {
    std::erase_if(blocks_, [&](const Blocks& blocks) {
      const nnrun::CsvColumn& column = columns_[blocks.column];
      constexpr std::size_t most = 100;  // series
      const std::size_t n = column.texts().size();
      return !column.is_category() || n < 2 || n > most || n != blocks.count ||
             store.count() < 2 * n;
    });
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      nnrun::CsvColumn& column = columns_[c];
      if (!column.is_category() || !column.is_open()) continue;
      if (c < n_inputs_)
        require_category(column, store.count(), rows);
      else
        require_classes(column, store.count(), rows);
      const std::vector<double> now = column.sort_texts();
      store.replace(c,
                    [&](double x) { return std::isnan(x) ? x : now[static_cast<std::size_t>(x)]; });
      if (c >= n_inputs_) names_.set(column.texts());
    }
    separator_found_ = std::string_view(separator) == "auto" ? rows.separator() : ',';
    if (!is_class() && columns_.size() - n_inputs_ == 1)
      as_classes_ = classes_for(store, n_inputs_);
  }
  void tell(nnrun_data& data) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const nnrun::CsvColumn& column = columns_[i];
      std::vector<const char*>&texts = texts_.emplace_back(), &units = units_.emplace_back();
      for (const std::string& text : column.texts()) texts.push_back(text.c_str());
      for (const nnrun::CsvColumn::Unit& unit : column.units()) units.push_back(unit.text.c_str());
      told_.push_back(
          {.size = sizeof(nnrun_column),
           .flags = column.flags() |
                    (std::ranges::count(blocks_, i, &Blocks::column) > 0 ? NNRUN_IN_BLOCKS : 0u),
           .name = column.name().c_str(),
           .kind =
               std::uint32_t(column.is_category() ? NNRUN_COLUMN_CATEGORY : NNRUN_COLUMN_NUMBER),
           .n_texts = std::uint32_t(texts.size()),
           .texts = texts.data(),
           .gaps = nullptr,
           .n_gaps = 0,
           .decimal = 0,
           .n_units = std::uint32_t(units.size()),
           .units = units.data()});
    }
    if (nnrun::KnownColumns::has(data, &data.n_series[NNRUN_PARTS - 1]))
      for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
        data.series[part] = series_[part].sizes().empty() ? nullptr : series_[part].sizes().data();
        data.n_series[part] = series_[part].sizes().size();
      }
    data.columns = told_.data();
    if (nnrun::KnownColumns::has(data, &data.target_columns) && !is_class())
      data.target_columns = told_.data() + n_inputs_;
    if (nnrun::KnownColumns::has(data, &data.why_left_out)) tell_left_out(data);
    if (nnrun::KnownColumns::has(data, &data.doubts)) tell_doubts(data);
    if (is_class()) {
      data.target_name = column_names_[n_inputs_];
      if (!columns_.back().reason().empty()) data.target_reason = columns_.back().reason().c_str();
    }
    if (as_classes_ && !as_classes_->empty()) data.as_classes = as_classes_->c_str();
    std::string note;
    if (separator_found_ != ',')
      note = "fields are separated by " + (separator_found_ == '\t'
                                               ? std::string("tabs")
                                               : "'" + std::string(1, separator_found_) + "'");
    if (n_skipped_ > 0)
      note += (note.empty() ? "" : ", ") + std::to_string(n_skipped_) +
              (n_skipped_ == 1 ? " row that cannot be read is left out: "
                               : " rows that cannot be read are left out: ") +
              *skipped_;
    if (comments_) note += (note.empty() ? "" : ", ") + *comments_;
    if (doubt_of_names_) note += (note.empty() ? "" : ", ") + *doubt_of_names_;
    if (note.empty()) return;
    note_ = std::move(note);
    data.note = note_->c_str();
  }

  /// For which rows a column is to blame that they are left out.
  struct GapsFound {
    std::size_t rows = 0;
    std::string first;     // where
    std::string spelling;  // such as NA, which may be a text as well
  };
  /// Returns whether a row is to be left out for a missing value. Notes the first column without
  /// one.
  bool is_dropped(const auto& rows, std::span<const std::size_t> at, const double* row) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!columns_[i].drops_gaps() || !std::isnan(row[i])) continue;
      GapsFound& found = gaps_found_[i];
      if (found.rows++ == 0) found.first = rows.place();
      if (found.spelling.empty()) found.spelling = rows.field(at[i]);
      return true;
    }
    return false;
  }
  /// Says how many rows are left out for missing values, and for which.
  void tell_left_out(nnrun_data& data) {
    std::ranges::copy(n_dropped_, data.left_out);
    const std::size_t all = std::accumulate(n_dropped_.begin(), n_dropped_.end(), std::size_t{0});
    if (all == 0) return;
    std::size_t rows = all + n_skipped_;
    for (std::size_t part = 0; part < NNRUN_PARTS; ++part) rows += count(part);
    std::string why = std::to_string(all) + " of " + std::to_string(rows) +
                      (all == 1 ? " rows is" : " rows are") + " left out for missing values: ";
    std::string hint, between;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const GapsFound& found = gaps_found_[i];
      if (found.rows == 0) continue;
      why += std::exchange(between, ", ") + "'" + columns_[i].name() + "' in " +
             std::to_string(found.rows) + ", first " + found.first +
             (found.spelling.empty() ? "" : " (" + found.spelling + ")");
      if (columns_[i].is_category() && !found.spelling.empty() && hint.empty())
        hint = "; if " + found.spelling + " is a text of its own, write " +
               gaps_without(found.spelling) + " in data";
    }
    why_left_out_ = why + hint;
    data.why_left_out = why_left_out_->c_str();
  }
  /// Returns the setting by which a field is no missing value.
  std::string gaps_without(const std::string& text) const {
    std::string list;
    for (const std::string_view gap : gaps)
      if (gap != text) list += (list.empty() ? "\"" : ", \"") + std::string(gap) + "\"";
    return "gaps: [" + list + "]";
  }

  /// How many times a column's text changes, and the first one.
  struct Blocks {
    std::size_t column = 0, count = 0;
    double last = -1;
  };

  std::vector<nnrun::CsvColumn> columns_;  // inputs, then targets
  std::vector<Blocks> blocks_;             // of columns that may name several series
  std::vector<SeriesOfRows> series_;       // of each part
  bool skips_rows_ = false;
  std::size_t n_inputs_ = 0, n_skipped_ = 0;
  std::array<std::size_t, NNRUN_PARTS> n_dropped_{};  // rows of each part without some value
  struct Doubt {
    std::string what, where, hint;
  };
  bool in_time_ = false;                     // rows follow each other
  std::optional<std::string> found_series_;  // the column that seems to name them
  std::vector<std::pair<std::size_t, nnrun::RowsInTime::Doubt>> doubts_of_order_;  // of parts
  std::vector<Doubt> doubts_;
  std::vector<nnrun_doubt> told_doubts_;
  std::vector<GapsFound> gaps_found_;  // of each column, in these rows
  bool takes_the_rest_ = false;        // the inputs are all columns that are not something else
  std::vector<const char*> column_names_;
  nnrun::ClassNames names_;
  char separator_found_ = ',';
  // optional: clang 14 cannot make a std::string when it reads the defaults of the settings
  std::optional<std::string> as_classes_, note_, doubt_of_names_, place_, too_large_, skipped_,
      why_left_out_, comments_;
  std::vector<std::vector<const char*>> texts_, units_;  // of told_
  std::vector<nnrun_column> told_;
  std::array<nnrun::PackedRows, NNRUN_PARTS> parts_;          // of text files
  std::array<std::vector<StoredTable>, NNRUN_PARTS> tables_;  // one or none each, instead
  std::vector<double> rows_;                                  // of a part, as they are read
};
NNRUN_REGISTER(Csv)
