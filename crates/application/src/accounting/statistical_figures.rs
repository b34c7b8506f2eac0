//! Statistical figures: quantities of values of a dimension, by which amounts are distributed.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::distribution::{
    STATISTICAL_QUANTITY_NEGATIVE, StatisticalFigure, StatisticalFigureId,
};
use domain::error::Violation;
use domain::ids::{DimensionId, DimensionValueId};
use domain::money::Quantity;
use domain::text::Code;
use uuid::Uuid;

use super::dimension_rules::input::resolve_dimension;
use super::dimensions::resolve_value;
use super::error::DIMENSION_VALUE_ELSEWHERE;
use crate::changes::already_exists;
use crate::error::{ALREADY_EXISTS, AppResult, UNKNOWN_REFERENCE};
use crate::master_data::{Check, MasterData};
use crate::reference::by_id_or_code;
use crate::wire::{Optional, REQUIRED};
use crate::{request, resource, view};

request! {
    /// A quantity that applies from a day on.
    pub struct NewStatisticalFigure as CreateStatisticalFigureBody {
        /// The code of what is counted.
        measure: Code = "FLOOR-SPACE",
        /// The dimension, by its id.
        dimension_id: Option<DimensionId>,
        /// The dimension, by its code.
        dimension_code: Option<Code> = "cost-centre",
        /// The value, by its id.
        value_id: Option<DimensionValueId>,
        /// The value, by its code.
        value_code: Option<Code> = "ADMIN",
        /// The first day on which the quantity applies. It applies until the next one of the same measure and value.
        date: NaiveDate = "2026-01-01",
        /// The quantity.
        quantity: Quantity = "420",
    }

    /// A change of the figure (JSON Merge Patch).
    pub struct StatisticalFigureChange as UpdateStatisticalFigureBody {
        /// The quantity.
        quantity: Optional<Quantity>,
    }
}

view! {
    /// A quantity of a value of a dimension, from a day until the next figure.
    pub struct StatisticalFigureView of StatisticalFigure {
        id: Uuid,
        measure: String,
        dimension_id: Uuid,
        value_id: Uuid,
        date: NaiveDate,
        quantity: String,
    }
}

resource! {
    StatisticalFigure by id: StatisticalFigureId
        = "accounting", "statistical_figure", "statistical_figures" at "/statistical-figures", "/statistical-figures/{id}";
    en: "a", "statistical figure", "statistical figures"; ar: "الأرقام الإحصائية";
    about: "Quantities of values of a dimension, such as floor space or heads, each from a day until the next figure of the same \
         measure. Distribution keys use them.";
    bodies: NewStatisticalFigure, StatisticalFigureChange => StatisticalFigureView;
    list: id sortable, measure sortable, dimension_id, value_id, date sortable; order: measure, date;
    refuses:
        create [&ALREADY_EXISTS, &UNKNOWN_REFERENCE, &DIMENSION_VALUE_ELSEWHERE, &STATISTICAL_QUANTITY_NEGATIVE],
        change [&STATISTICAL_QUANTITY_NEGATIVE],
        delete [];
    delete says "What was distributed by the figure stays as it is.";
}

#[async_trait]
impl MasterData for StatisticalFigure {
    async fn create(
        new: &NewStatisticalFigure,
        id: StatisticalFigureId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        check_quantity(new.quantity, check);
        let dimension = by_id_or_code(new.dimension_id, new.dimension_code.clone());
        let value = by_id_or_code(new.value_id, new.value_code.clone());
        let (Some(dimension), Some(value)) = (&dimension, &value) else {
            let at = if dimension.is_none() { "/dimensionId" } else { "/valueId" };
            check.refuse(Violation::new(&REQUIRED).at(at));
            return Ok(None);
        };
        let found = resolve_dimension(check.uow, dimension, "/dimension", &mut check.violations).await?;
        let Some(dimension_id) = found else { return Ok(None) };
        let value = resolve_value(check.uow, dimension_id, value, "/value", &mut check.violations).await?;
        let Some(value_id) = value else { return Ok(None) };
        if check.uow.distributions().figure_on(&new.measure, value_id, new.date).await? {
            check.refuse(already_exists("date", format!("{} {}", new.measure, new.date)));
        }
        let (measure, date, quantity) = (new.measure.clone(), new.date, new.quantity);
        Ok(Some(Self { id, measure, dimension_id, value_id, date, quantity, version: 1 }))
    }

    async fn change(
        &self,
        change: &StatisticalFigureChange,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let quantity = change.quantity.or(&self.quantity);
        check_quantity(quantity, check);
        Ok(Some(Self { quantity, ..self.clone() }))
    }
}

fn check_quantity(quantity: Quantity, check: &mut Check<'_>) {
    if quantity.is_negative() {
        check.refuse(Violation::new(&STATISTICAL_QUANTITY_NEGATIVE).at("/quantity"));
    }
}
