pub async fn ensure_fiscal_years(
    _ctx: &crate::context::RequestContext,
    _uow: &mut dyn crate::ports::unit_of_work::UnitOfWork,
    _from: chrono::NaiveDate,
    _to: chrono::NaiveDate,
) -> crate::error::AppResult<usize> {
    Ok(0)
}
