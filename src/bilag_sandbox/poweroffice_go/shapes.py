"""The objects of PowerOffice Go's API, field by field: what a body may have, and what an answer has.

The tables name each type and the fields that have it. `tests/sandbox_poweroffice_go/test_shapes.py` compares them with the
published file.

    text, text50   a text, of at most so many characters       double   a number; money has two decimals here
    Name           one of the texts of `ENUMS[Name]`           {Name}   an object of the shape `Name`
    int32[0-100]   a whole number within limits                []       a list of them;   ?   may be null
"""

from dataclasses import dataclass, field


def _read_enums(text: str) -> dict[str, list[str]]:
    enums: dict[str, list[str]] = {}
    name = ""
    for line in text.strip().splitlines():
        words = line.split()
        if not line.startswith(" "):
            name = words.pop(0).removesuffix(":")
        enums.setdefault(name, []).extend(words)
    return enums


ENUMS = _read_enums(
    """
AgricultureDepartment: None Finance Farming Forestry FurAnimals OtherIndustries Private
BillableRateSpecification: Activity Employee Project
GeneralLedgerAccountType: Asset Liability Equity Income Expense
InvoiceDeliveryType: PdfByEmail Print EHF AvtaleGiro External Efaktura Factoring
Months: January February March April May June July August September October November December
NoticeOfDebtCollectionDeliveryType: PdfByEmail Print
ProjectBillingMethod: FixedPrice Time TimeAndExpenses
ProjectStatusType: Tentative Active Archived NotStarted Complete
ReminderDeliveryType: PdfByEmail Print
SubLedgerNumberSeriesType: Customer Supplier Employee
UnitOfMeasureType: BX MTR KMT KGM EA LTR HUR DAY MTK MTQ TNE MON ANN QAN NL XRO XBA XPL XPC PR XCI XBG SET XTY XOF
    FTK KWH MWH LBR CMT DMT LM XPK GRM HGM XFL XBE E54 MMT DAA H18 MLT HLT DLT AK XCR E14 MJ J57 XJG XCT XSA XTU WEE
    XCA XCN NAR M4 XVQ P1 MFU KMK LM3 FOT FM3 E34 E35
VatReturnSpecification: None Adjustment LossesOnClaims ReversalOfInputValueAddedTax Withdrawals
    AdjustmentVatCompensationRealProperty PurchasesEligibleForCompensation
VoucherDocumentationType: Ehf Pdf Images All
VoucherType: Unknown IncomingInvoice IncomingCreditNote OutgoingInvoice OutgoingCreditNote IncomingBankRemittance
    IncomingOcrGiro ManualJournal Expense CashJournal IncomingPayments OutgoingPayments YearEndJournal BankJournal
    VatReturns PayrollJournal OutgoingPaymentReminder OutgoingNoticeOfDebtCollection OutgoingPaymentDemand
    OutgoingWarrantOfExecution CorrectionVoucher ReversalVoucher DepreciationJournal TravelExpense Settlement
    NegativeSettlement SystemGeneratedDocumentationVoucher
"""
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One object: its fields in order, each with its type, and those that a body must have."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)

    def blank(self) -> dict[str, object]:
        """Return an answer with every field that may be null, as null; texts of `ENUMS` are left out instead, as they have no
        null.
        """
        return {
            name: None
            for name, kind in self.fields.items()
            if kind.endswith("?") and not kind.startswith("{") and kind.rstrip("?") not in ENUMS
        }


def _read(text: str) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    shape, kind = Shape(""), ""
    for line in text.strip().splitlines():
        if line.startswith("= "):
            shape = Shape(line[2:])
            shapes[shape.name] = shape
            continue
        names = line.split()
        if not line.startswith(" "):
            kind = names.pop(0).removesuffix(":")
        if kind == "required":
            shape.required.extend(names)
        else:
            shape.fields.update(dict.fromkeys(names, kind))
    return shapes


SHAPES = _read(
    """
= CustomerPostDto
double?: Allowance BillableRate
int64[]?: ContactGroupIds
text?: CurrencyCode DeliveryTerm DepartmentCode EmailAddress FirstName InvoiceBrandingThemeCode InvoiceEmailAddress
    InvoiceEmailAddressCC LastName LegalName Name NationalIdNumber OrganizationNumber PaymentReminderEmailAddress
    PhoneNumber WebsiteUrl
date?: CustomerSince DateOfBirth
int64?: DeliveryTermId DepartmentId ExternalNumber InvoiceBrandingThemeId Number PaymentTermId SalesPersonEmployeeId
    SalesPersonEmployeeNumber
bool?: DoNotAddLatePaymentFees DoNotAddLatePaymentInterest DoNotAutomatePaymentNotifications IsArchived IsPerson
    IsVatFree SendPaymentReminders TransferToDebtCollectionAgency UseInvoiceFee
text50?: ExternalImportReference
InvoiceDeliveryType?: InvoiceDeliveryType
{ContactAddressPostDto}: MailAddress
NoticeOfDebtCollectionDeliveryType?: NoticeOfDebtCollectionDeliveryType
int32?: PaymentTerm
ReminderDeliveryType?: ReminderDeliveryType
uuid?: SubLedgerNumberSeriesId
= ContactAddressPostDto
required: City ZipCode
text200?: AddressLine1 AddressLine2
text100?: City
text?: CountryCode
text50?: ExternalCode ZipCode
= SupplierPostDto
int64[]?: ContactGroupIds
text?: CurrencyCode EmailAddress ExternalImportReference FirstName LastName LegalName Name OrganizationNumber
    PhoneNumber WebsiteUrl
date?: DateOfBirth
int64?: ExternalNumber Number
bool?: IsArchived IsPerson Payout
{ContactAddressPostDto}: MailAddress
uuid?: SubLedgerNumberSeriesId
= ProjectPostDto
required: Name
bool?: AllowAllActivities AllowAllEmployees AttachExpenseVouchersWhenBilling DenyTimeTracking ExpenseMarkupEnabled
    HourlyRateMarkupEnabled IsActive IsBillable IsInternal
double?: BillableRate BudgetedBillableRate BudgetedCostOfGoods BudgetedHours BudgetedOtherOperatingExpenses
    BudgetedPayrollExpenses BudgetedRevenueHours BudgetedTotalRevenue ExpenseMarkupFactor FixedPrice
    HourlyRateMarkupFactor
BillableRateSpecification?: BillableRateSpecification
text?: BrandingThemeCode Code ContractNo DeliveryTerm DepartmentCode ExpenseMarkupDescription
    HourlyRateMarkupDescription LocationCode Name ParentProjectCode PurchaseOrderNo
int64?: BrandingThemeId ContactPersonId CustomerId CustomerNo DeliveryTermId DepartmentId ExternalNumber LocationId
    ParentProjectId PaymentTermId ProjectManagerEmployeeId ProjectManagerEmployeeNo
date?: EndDate StartDate
int32?: PaymentTerms
int32[0-100]?: Progress
ProjectBillingMethod?: ProjectBillingMethod
ProjectStatusType?: ProjectStatus
= DepartmentPostDto
required: Name
text?: Code Name
bool?: IsActive
int64?: ManagerEmployeeId ManagerEmployeeNo
= CustomDimensionPostDto
required: Name Ordinal
text40?: Code
text50?: ExternalImportReference
bool?: IsActive
text200?: Name
int32[1-3]: Ordinal
= ManualVoucherPostDto
required: CurrencyCode VoucherDate
text3?: CurrencyCode
text?: Description ExternalImportReference SaftBatchId SaftSourceId
int64?: ImportedVoucherNo
date: VoucherDate
{ManualVoucherLinePostDto}[]?: VoucherLines
= ManualVoucherLinePostDto
required: AccountId PostingDate VatId
int64?: AccountId DepartmentId Dim1Id Dim2Id Dim3Id LocationId ProductId ProjectId
double: CurrencyAmount
text?: CurrencyCode CustomMatchingReference Description ExternalLineReference
double?: CurrencyExchangeRate Quantity Quantity2
date: PostingDate
int32?: VatId
VatReturnSpecification?: VatReturnSpecification
= AccrualBase
AgricultureDepartment?: BalanceAccountAgricultureDepartment
int64?: BalanceAccountId BalanceAccountNo
date: FromDate ToDate
bool: IsActive
= CustomerDto
double?: Allowance BillableRate
date-time: ContactCreatedDateTimeOffset CustomerCreatedDateTimeOffset LastChangedDateTimeOffset
int64[]?: ContactGroupIds
uuid?: CreatedFromImportJournalId
text?: CurrencyCode DeliveryTerm DepartmentCode EmailAddress FirstName InvoiceBrandingThemeCode InvoiceEmailAddress
    InvoiceEmailAddressCC LastName LegalName Name NationalIdNumber OrganizationNumber PaymentReminderEmailAddress
    PhoneNumber WebsiteUrl
date?: CustomerSince DateOfBirth
int64?: DeliveryTermId DepartmentId ExternalNumber InvoiceBrandingThemeId Number PaymentTermId SalesPersonEmployeeId
    SalesPersonEmployeeNumber
bool?: DoNotAddLatePaymentFees DoNotAddLatePaymentInterest DoNotAutomatePaymentNotifications IsActive IsArchived
    IsPerson IsVatFree SendPaymentReminders TransferToDebtCollectionAgency UseInvoiceFee
text50?: ExternalImportReference
int64: Id SubledgerAccountId
InvoiceDeliveryType?: InvoiceDeliveryType
{ContactAddressDto}: MailAddress
NoticeOfDebtCollectionDeliveryType?: NoticeOfDebtCollectionDeliveryType
int32?: PaymentTerm
ReminderDeliveryType?: ReminderDeliveryType
= ContactAddressDto
text200?: AddressLine1 AddressLine2
text100?: City
text?: CountryCode
text50?: ExternalCode ZipCode
int64: Id
date-time: LastChangedDateTimeOffset
= SupplierDto
date-time: ContactCreatedDateTimeOffset LastChangedDateTimeOffset SupplierCreatedDateTimeOffset
int64[]?: ContactGroupIds
uuid?: CreatedFromImportJournalId
text?: CurrencyCode EmailAddress ExternalImportReference FirstName LastName LegalName Name OrganizationNumber
    PhoneNumber WebsiteUrl
date?: DateOfBirth
int64?: ExternalNumber Number
int64: Id SubledgerAccountId
bool?: IsActive IsArchived IsPerson Payout
{ContactAddressDto}: MailAddress
= ProjectDto
bool?: AllowAllActivities AllowAllEmployees AttachExpenseVouchersWhenBilling DenyTimeTracking ExpenseMarkupEnabled
    HourlyRateMarkupEnabled IsActive IsBillable IsInternal
double?: BillableRate BudgetedBillableRate BudgetedCostOfGoods BudgetedHours BudgetedOtherOperatingExpenses
    BudgetedPayrollExpenses BudgetedRevenueHours BudgetedTotalRevenue ExpenseMarkupFactor FixedPrice
    HourlyRateMarkupFactor
BillableRateSpecification?: BillableRateSpecification
text?: BrandingThemeCode Code ContractNo DeliveryTerm DepartmentCode ExpenseMarkupDescription
    HourlyRateMarkupDescription LocationCode Name ParentProjectCode PurchaseOrderNo
int64?: BrandingThemeId ContactPersonId CustomerId CustomerNo DeliveryTermId DepartmentId ExternalNumber LocationId
    ParentProjectId PaymentTermId ProjectManagerEmployeeId ProjectManagerEmployeeNo
date-time: CreatedDateTimeOffset LastChangedDateTimeOffset
uuid?: CreatedFromImportJournalId
date?: EndDate StartDate
int64: Id
int32?: PaymentTerms
int32[0-100]?: Progress
ProjectBillingMethod?: ProjectBillingMethod
ProjectStatusType?: ProjectStatus
= DepartmentDto
text?: Code Name
date-time: CreatedDateTimeOffset LastChangedDateTimeOffset
uuid?: CreatedFromImportJournalId
int64: Id
bool?: IsActive
int64?: ManagerEmployeeId ManagerEmployeeNo
= CustomDimensionDto
text40?: Code
date-time: CreatedDateTimeOffset LastChangedDateTimeOffset
uuid?: CreatedFromImportJournalId
text50?: ExternalImportReference
int64: Id
bool?: IsActive
text200?: Name
int32[1-3]: Ordinal
= ManualVoucherDto
date-time: CreatedDateTimeOffset
text3?: CurrencyCode
text?: Description ExternalImportReference SaftBatchId SaftSourceId
uuid: Id
int64?: ImportedVoucherNo
bool?: IsReversed
date: VoucherDate
{ManualVoucherLineDto}[]?: VoucherLines
int64: VoucherNo
= ManualVoucherLineDto
required: PostingDate
int64?: AccountId DepartmentId Dim1Id Dim2Id Dim3Id LocationId ProductId ProjectId
date-time: CreatedDateTimeOffset
double: CurrencyAmount
text?: CurrencyCode CustomMatchingReference Description ExternalLineReference
double?: CurrencyExchangeRate Quantity Quantity2
int64: Id
date: PostingDate
int32?: VatId
VatReturnSpecification?: VatReturnSpecification
= OutgoingInvoiceVoucherDto
text25?: Cid
text?: ContractNo CurrencyCode CustomMatchingReference CustomerReference DeliveryAddress1 DeliveryAddress2
    DeliveryAddressCity DeliveryAddressCountryCode DeliveryAddressZipCode Description ExternalImportReference
    InvoiceNo PurchaseOrderReference SaftSourceId
date-time: CreatedDateTimeOffset
double: CurrencyAmount
double?: CurrencyExchangeRate
int64?: CustomerAccountId DeliveryTermId DepartmentId Dim1Id Dim2Id Dim3Id ImportedOrderNo ImportedVoucherNo
    LocationId ProjectId SalesPersonEmployeeId VoucherNo
date?: DeliveryDate DueDate
uuid: Id
bool?: IsReversed
{OutgoingInvoiceVoucherLineDto}[]?: OutgoingInvoiceLines
date: VoucherDate
= OutgoingInvoiceVoucherLineDto
int64?: AccountId DepartmentId Dim1Id Dim2Id Dim3Id LocationId ProductId ProjectId
{AccrualBase}: Accrual
double: CurrencyAmount
text?: Description
double?: Quantity QuantityOrdered
UnitOfMeasureType?: UnitOfMeasureType
int32?: VatId
VatReturnSpecification?: VatReturnSpecification
= AccountTransactionDto
int64: AccountId AccountNo Id VoucherNo
AgricultureDepartment?: AgricultureDepartment
double: Amount CurrencyAmount VatAmount VatRate
uuid?: BankTransferId CorrectionOfVoucherId CreatedFromImportJournalId ReversedVoucherId
int64?: ContactId CorrectionOfVoucherNo CustomerAccountNo DepartmentId Dim1Id Dim2Id Dim3Id EmployeeAccountNo
    ImportedVoucherNo LocationId ProductId ProjectId ReversedVoucherNo SubLedgerEntryId SupplierAccountNo
date-time: CreatedDateTimeOffset LastChangedDateTimeOffset
text?: CurrencyCode DepartmentCode Description Dim1Code Dim2Code Dim3Code ExternalImportReference LocationCode
    ProductCode ProjectCode VatCode VoucherDescription
bool?: IsNoteMainEntry IsReversed
date: PostingDate VoucherDate
double?: Quantity Quantity2
int32: VatId
VatReturnSpecification?: VatReturnSpecification
uuid: VoucherId
VoucherType?: VoucherType
= CustomerLedgerEntryDto
double: Amount Balance CurrencyAmount
text?: Cid CurrencyCode CustomMatchingReference CustomerName DepartmentCode Dim1Code Dim2Code Dim3Code
    ExternalImportReference InvoiceNo LocationCode PaidFromBankAccount ProjectCode
date-time: CreatedDateTimeOffset LastChangedDateTimeOffset
uuid?: CreatedFromImportJournalId
int64?: CustomerAccountNo CustomerExternalNo CustomerId DepartmentId Dim1Id Dim2Id Dim3Id LocationId MatchId
    ProjectId
date?: DueDate
int64: Id VoucherNo
bool?: IsCreatedByCurrentIntegration IsWriteOff
date: PostingDate VoucherDate
uuid: VoucherId
VoucherType?: VoucherType
= GeneralLedgerAccountDto
int64: AccountNo Id
AgricultureDepartment?: AgricultureDepartment
text?: CurrencyCode DepartmentCode Name VatCode
int64?: DepartmentId
GeneralLedgerAccountType?: GeneralLedgerAccountType
bool?: IsActive IsDepartmentRequired IsProjectRequired IsVatCodeLocked
date-time: LastChangedDateTimeOffset
UnitOfMeasureType?: Unit1 Unit2
int32?: VatCodeId
VatReturnSpecification?: VatReturnSpecification
= VatCodeDto
int64?: BaseVatCodeId
text?: Code Description Name
int64: Id
bool?: IsActive IsCustom
double: Rate
date: ValidFrom
date?: ValidTo
double?: VatBasisRatio
date-time?: VatBasisRatioValidFrom
{VatBasisRatios}[]?: VatBasisRatios
= CurrencyDto
text?: Code Notation
bool?: IsActive
= CustomDimensionSettingsDto
bool?: IsActive
text?: Name
int32: Ordinal
= SubLedgerNumberSeriesDto
int64: FromInclusive GeneralLedgerAccountId GeneralLedgerAccountNo ToInclusive
uuid: Id
bool: IsClientTrust IsDefault
text?: Name
SubLedgerNumberSeriesType?: SubLedgerNumberSeriesType
= VoucherDocumentationDto
bool: HasEhf HasImages HasPdf HasSalesOrderAttachments IsImported
uuid: VoucherId
int64?: VoucherNo
VoucherType?: VoucherType
= FinancialSettingsDto
date: ConversionDate
text?: CurrencyCode
int64: CurrencyGainsAccountId CurrencyGainsAccountNo CurrencyLossAccountId CurrencyLossAccountNo
Months?: FinancialYearEndMonth
date-time: LastChangedDateTimeOffset
bool?: UseTrustAccountManagement
= LockDateSettingsDto
date: LockDate
= ClientIntegrationInformationDto
text[]?: ActiveClientSubscriptions InvalidPrivileges ValidPrivileges
text?: ClientId ClientName
"""
)


READ_ONLY_IN_JOURNALS = ("Id", "CreatedDateTimeOffset", "VoucherNo", "IsReversed")
"""What an integration cannot give when it posts an outgoing invoice."""


def _assumed_invoice() -> Shape:
    published = SHAPES["OutgoingInvoiceVoucherDto"]
    fields = {name: kind for name, kind in published.fields.items() if name not in READ_ONLY_IN_JOURNALS}
    fields["OutgoingInvoiceLines"] = "{OutgoingInvoiceVoucherLineDto}[]?"
    required = ["InvoiceNo", "VoucherDate", "CustomerAccountId", "CurrencyAmount", "OutgoingInvoiceLines"]
    return Shape("OutgoingInvoiceVoucherPostDto", fields, required)


SHAPES["OutgoingInvoiceVoucherPostDto"] = _assumed_invoice()
"""Assumed: the published file describes this object's answer and says that integrations create it, not how."""
