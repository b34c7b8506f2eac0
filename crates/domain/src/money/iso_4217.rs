//! The currencies of ISO 4217 that are money somewhere; funds, metals and test codes are not among them.

use super::CurrencyCode;

const CODES: &str = "\
     AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN \
     BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF \
     CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB \
     EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG \
     HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF \
     KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA \
     MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO \
     NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD \
     RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN \
     SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX \
     USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER \
     ZAR ZMW ZWG";

impl CurrencyCode {
    /// Whether ISO 4217 lists it as the money of some country.
    pub fn is_listed(&self) -> bool {
        CODES.split(' ').any(|code| code == self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_of_countries_is_listed_and_nothing_else() {
        let listed = |code: &str| CurrencyCode::parse(code).unwrap().is_listed();
        for code in ["SAR", "AED", "KWD", "BHD", "EGP", "EUR", "USD", "ZWG"] {
            assert!(listed(code), "{code}");
        }
        for code in ["ZZZ", "XXX", "XTS", "XAU", "ABC", "DEM"] {
            assert!(!listed(code), "{code}");
        }
        let codes: Vec<_> = CODES.split(' ').collect();
        assert!(
            codes.len() > 150
                && codes.is_sorted()
                && codes.iter().all(|code| CurrencyCode::parse(code).is_ok())
        );
    }
}
