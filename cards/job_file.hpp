#pragma once

#include "cards/batch_job.hpp"
#include "cards/card_maker.hpp"
#include "cards/card_state.hpp"
#include "cards/member.hpp"
#include "cards/result.hpp"

#include <span>
#include <string>

/// The cards of a job that is done, in one file. Nothing is kept of it: it is drawn from the members as they are now,
/// each of whose cards is there once. So a card that was reissued since is there as it is now; one that was revoked
/// since, or whose member is not active any more, is left out.
namespace tessera {

/// Whose card is to be drawn.
struct job_member {
  member subject;
  card_state state;
};

/// Returns a ZIP file with a PDF of each card, named by its card number, and `results.csv`, which says of each card of
/// the job what became of it, then and since. The same job and members give the same bytes, with the same keys. Fails
/// with not_found if there is no card to draw.
result<std::string> make_job_zip(const batch_job& job, std::span<const job_member> members, const card_maker& maker);

/// Returns a PDF of A4 sheets to be cut; likewise.
result<std::string> make_job_sheets(const batch_job& job, std::span<const job_member> members, const card_maker& maker);

} // namespace tessera
